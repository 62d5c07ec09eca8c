/** One button that goes round: as the system says, light, dark. */
import { element, replace } from "../lib/dom.ts";
import { icon, type IconName } from "../lib/icons.ts";
import { applyTheme, rememberedTheme, rememberTheme, themes, type Theme } from "./theme.ts";

const icons: Readonly<Record<Theme, IconName>> = { system: "system", light: "sun", dark: "moon" };

const after = (theme: Theme): Theme => themes[(themes.indexOf(theme) + 1) % themes.length] ?? "system";

export function themeToggle(): HTMLElement {
  let theme = rememberedTheme();
  const button = element("button", {
    class: "icon-button theme-toggle",
    attributes: { type: "button" },
    on: {
      click: () => {
        theme = after(theme);
        applyTheme(theme);
        rememberTheme(theme);
        show();
      },
    },
  });
  const show = (): void => {
    replace(button, icon(icons[theme]));
    const name = `Theme: ${theme}. Change to ${after(theme)}`;
    button.setAttribute("aria-label", name);
    button.title = name;
  };
  show();
  return button;
}
