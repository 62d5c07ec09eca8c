const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MILLISECONDS = 100;
/** How often a step that takes long says so where there is no terminal to animate. */
const LINE_MILLISECONDS = 15_000;

/**
 * @typedef {object} Task
 * @property {(detail: string) => void} detail what is being done right now; cheap, call it as often as you like
 * @property {(text: string) => void} done ends the task with its result
 * @property {() => void} stop ends the task without a word
 */

/**
 * @typedef {object} Progress
 * @property {(step: string, text: string) => Task} start
 * @property {(step: string, text: string) => void} note one line
 */

/**
 * Shows what the toolchain is doing: a spinner with elapsed seconds on a terminal, plain lines elsewhere. All of
 * it goes to the error output, so that the output of the command itself can be piped.
 *
 * @param {NodeJS.WritableStream & { isTTY?: boolean, columns?: number }} [stream]
 * @param {{ lineInterval?: number }} [options] milliseconds between plain lines; default 15,000
 * @returns {Progress}
 */
export function createProgress(stream = process.stderr, { lineInterval = LINE_MILLISECONDS } = {}) {
  const animated = stream.isTTY === true && process.env.TERM !== "dumb" && !process.env.CI;
  /** @param {string} step @param {string} text */
  const line = (step, text) => `fieldlake ${step}: ${text}`;

  return {
    note: (step, text) => void stream.write(`${line(step, text)}\n`),
    start(step, text) {
      const began = Date.now();
      const seconds = () => Math.round((Date.now() - began) / 1000);
      let detail = "";
      let frame = 0;
      if (!animated) stream.write(`${line(step, text)}\n`);
      const draw = () => {
        const status = `${FRAMES[(frame += 1) % FRAMES.length]} ${line(step, text)} ${seconds()} s ${detail}`;
        stream.write(`\r\u001b[K${status.slice(0, (stream.columns ?? 80) - 1)}`);
      };
      const say = () => stream.write(`${line(step, `${seconds()} s${detail && `, ${detail}`}`)}\n`);
      const timer = setInterval(animated ? draw : say, animated ? FRAME_MILLISECONDS : lineInterval);
      timer.unref();
      const stop = () => {
        clearInterval(timer);
        if (animated) stream.write("\r\u001b[K");
      };
      return {
        detail: (now) => void (detail = now),
        stop,
        done(result) {
          stop();
          stream.write(`${line(step, `${result} (${seconds()} s)`)}\n`);
        },
      };
    },
  };
}
