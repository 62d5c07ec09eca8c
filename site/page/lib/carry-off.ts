/** Takes something off the page: to the clipboard, or as a file. */
import { announce } from "./announce.ts";

/** Says on the button that it worked, for a moment. */
export async function copyText(text: string, button: HTMLElement): Promise<void> {
  const done = (await write(text)) ? "Copied" : "Not allowed";
  const label = button.textContent;
  if (label === done) return;
  button.textContent = done;
  announce(done);
  setTimeout(() => (button.textContent = label), 1500);
}

async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
