/** The page over the fakes, for those who work on it: `node test/page/serve.ts [hostile|empty]` prints its link. */
import { startFakeSite } from "./support/fake-site.ts";

const kind = process.argv[2];
const site = await startFakeSite({ hostile: kind === "hostile", empty: kind === "empty" });
console.log(`${site.link}\nCtrl-C ends it; a change of site/page needs a restart.`);
