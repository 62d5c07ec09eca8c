import type { AzureAnswer, AzureCall } from "./azure-server.ts";

/** Enrolment groups of a provisioning service, by path, kept as the service keeps them: by ETag. */
export class EnrolmentGroups {
  readonly byPath = new Map<string, Record<string, unknown>>();
  /** Changes so far; the newest ETag. */
  version = 0;

  /** Somebody else's change. */
  change(path: string, over: object): void {
    this.keep(path, { ...this.byPath.get(path), ...over });
  }

  readonly answer = ({ method, path, query, headers, body }: AzureCall): AzureAnswer => {
    if (query !== "api-version=2021-10-01") return { status: 400 };
    const there = this.byPath.get(path);
    const wanted = headers["if-match"];
    if (wanted !== undefined && wanted !== "*" && wanted !== there?.["etag"]) return { status: 412 };
    switch (method) {
      case "GET":
        return there === undefined ? { status: 404 } : { status: 200, body: there };
      case "PUT":
        return { status: 200, body: this.keep(path, JSON.parse(body.toString()) as object) };
      default:
        return { status: this.byPath.delete(path) ? 204 : 404 };
    }
  };

  private keep(path: string, group: object): Record<string, unknown> {
    const kept = { ...group, etag: `"${++this.version}"` };
    this.byPath.set(path, kept);
    return kept;
  }
}
