import { insightDeclaration } from "../../functions/declared-insights/declaration.ts";
import { interpolate, output, secret, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import type { KeptPlace } from "../contracts/kept-place.ts";
import type { KnowledgeBaseArgs, KnowledgeBaseOutputs } from "../contracts/knowledge-base.ts";
import { FieldlakeComponent } from "../shared/base.ts";
import { webhookSecret } from "../../site/alarms/webhook-secret.ts";
import type { ScoringSettings } from "../../site/settings.ts";
import type { LocalContext } from "./context.ts";
import { reachedBy } from "./names.ts";
import { SiteModule } from "./resources.ts";

const loopback = /^(127\.|::1$|localhost$)/;

/** Latest values, SQL, alarms and the page of the site, behind a random access token. */
export class KnowledgeBase extends FieldlakeComponent implements KnowledgeBaseOutputs {
  readonly latestState: Output<string>;
  readonly sql: Output<string>;
  readonly dashboardUrl: Output<string>;
  readonly dashboardToken: Output<string | null>;
  readonly alarmBook: Output<KeptPlace>;
  readonly api: Output<string | null>;
  readonly apiTokens: Output<KeptPlace>;
  readonly alarmKey: Output<string | null>;
  readonly exceptions: readonly NamedException[] = [];
  readonly encryption: readonly EncryptionState[];

  constructor(name: string, args: KnowledgeBaseArgs, context: LocalContext, opts?: ComponentResourceOptions) {
    super("local", "KnowledgeBase", name, { environment: args.environment }, opts);
    const { consoleHost, consolePort, serverNames } = context.config;
    const overTls = !loopback.test(consoleHost);
    const { rules, everySeconds, webhook } = args.alarms;
    const alarmKey =
      webhook === null
        ? null
        : secret(
            new RandomPassword(
              `${name}-alarm-key`,
              { length: 43, special: false },
              { parent: this },
            ).result.apply((text) => webhookSecret(Buffer.from(text))),
          );
    const alarms = new SiteModule(
      "alarms",
      `${name}-alarms`,
      { site: context.site, after: [args.ingest.topicRoot, args.stream.streamId, args.lake.catalog] },
      {
        rules: [...rules],
        everySeconds,
        webhook: webhook === null || alarmKey === null ? null : { ...webhook, key: alarmKey },
      },
      { parent: this, additionalSecretOutputs: ["settings"] },
    );
    const insights = new SiteModule(
      "insights",
      `${name}-insights`,
      { site: context.site, after: [args.lake.catalog] },
      structuredClone(args.insights ?? insightDeclaration.parse({})),
      { parent: this },
    );
    const { models } = args.scoring;
    if (models.length > 0)
      new SiteModule(
        "scoring",
        `${name}-scoring`,
        { site: context.site, after: [args.lake.catalog] },
        structuredClone(args.scoring) as ScoringSettings,
        { parent: this },
      );
    const reports = new SiteModule(
      "reports",
      `${name}-reports`,
      { site: context.site, after: [args.ingest.topicRoot, args.lake.catalog] },
      structuredClone(args.reports),
      { parent: this },
    );
    const token = new RandomPassword(`${name}-token`, { length: 43, special: false }, { parent: this });

    const page: EncryptionState = {
      component: "KnowledgeBase",
      name: "page",
      detail: `${consoleHost}:${consolePort}, behind a random access token`,
      inTransit: overTls ? "TLS 1.3 (floor 1.2)" : "loopback only: does not leave the machine",
      atRest: null,
      keyId: null,
    };
    this.encryption = [page];
    const console = new SiteModule(
      "console",
      `${name}-console`,
      { site: context.site, after: [alarms.id, insights.id, reports.id] },
      {
        host: consoleHost,
        port: consolePort,
        token: token.result,
        tls: overTls
          ? args.fleet.issuer.apply(({ serverCertificate, serverKey }) => ({
              certificate: serverCertificate,
              key: serverKey,
            }))
          : null,
        environment: {
          name: args.environment,
          target: "local",
          resources: output(args.resources).apply((resources) => [...resources, page]),
        },
      },
      { parent: this },
    );

    const scheme = overTls ? "https" : "http";
    this.latestState = console.id.apply(() => "view latest (device_id, metric)");
    this.sql = args.lake.queryEndpoint;
    this.dashboardUrl = interpolate`${console.id.apply(() => scheme)}://${reachedBy(consoleHost, serverNames)}:${consolePort}/`;
    this.dashboardToken = secret(token.result);
    this.alarmBook = alarms.id.apply(() => ({ kind: "site" }) as const);
    this.api = this.dashboardUrl;
    this.apiTokens = console.id.apply(() => ({ kind: "site" }) as const);
    this.alarmKey = secret(output(alarmKey));
    this.registerOutputs({
      latestState: this.latestState,
      sql: this.sql,
      dashboardUrl: this.dashboardUrl,
      dashboardToken: this.dashboardToken,
      alarmBook: this.alarmBook,
      api: this.api,
      apiTokens: this.apiTokens,
      alarmKey: this.alarmKey,
      encryption: this.encryption,
      exceptions: this.exceptions,
    });
  }
}
