/** Where Pulumi's own installer downloads from. */
const INSTALLER = "https://get.pulumi.com/install.sh";
const CONNECT_MILLISECONDS = 20_000;

/** @type {WeakMap<object, Promise<boolean>>} */
const answers = new WeakMap();

/**
 * Whether Pulumi's download site answers, asked once per run and for at most 20 s. It keeps the steps from
 * sitting out the retries of tools that have none of their own bounds.
 *
 * @param {import("../toolchain.mjs").Context} context
 * @param {string} node a Node that honours HTTPS_PROXY where asked to
 * @returns {Promise<boolean>}
 */
export function officialDownloadsReachable(context, node) {
  const script = `
    fetch(process.argv[1], { method: "HEAD", signal: AbortSignal.timeout(${CONNECT_MILLISECONDS}) })
      .then((response) => process.exit(response.ok ? 0 : 1), () => process.exit(1));`;
  const known = answers.get(context);
  if (known) return known;
  const answer = context
    .run(node, ["-e", script, INSTALLER], {
      env: { ...context.env, NODE_USE_ENV_PROXY: "1" },
      timeout: CONNECT_MILLISECONDS + 5_000,
      signal: context.signal,
    })
    .then(({ ok }) => ok);
  answers.set(context, answer);
  return answer;
}
