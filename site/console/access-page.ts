/** What a browser without access sees. Its texts are ours: nothing that was received is in them. */
import { html, raw } from "hono/html";

/** Served without a token, because this page needs it. */
export const accessStylePath = "/access.css";

/** @param isProblem the message tells of something that went wrong */
export const accessPage = (message: string, isProblem: boolean) =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Access · Fieldlake</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="${accessStylePath}" />
      </head>
      <body>
        <main>
          <h1>Fieldlake</h1>
          <p ${isProblem ? raw('role="alert" class="problem"') : ""}>${message}</p>
          <p>
            Print the link that opens this page, and follow it or paste its token here:
            <code>npm run status -- --token</code>
          </p>
          <form method="post" action="/access">
            <label for="token">Access token</label>
            <input
              id="token"
              name="token"
              type="password"
              autocomplete="current-password"
              required
              autofocus
              spellcheck="false"
            />
            <button type="submit">Open</button>
          </form>
        </main>
      </body>
    </html>`;

/** @param path an absolute path on this server */
export const forwardPage = (path: string) =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="refresh" content="0; url=${path}" />
        <title>Fieldlake</title>
      </head>
      <body>
        <a href="${path}">Continue</a>
      </body>
    </html>`;
