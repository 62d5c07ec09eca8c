import { main } from "@pulumi/pulumi/provider/index.js";
import { FieldlakeProvider } from "./provider.ts";

await main(new FieldlakeProvider(), process.argv.slice(2));
