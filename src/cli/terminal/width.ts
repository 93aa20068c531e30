const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u
const none = /[\p{Mn}\p{Me}\p{Cf}]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: what sets a terminal's colours takes no room.
const styled = /\u001b\[\d+m/g

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text.replace(styled, '')) {
    if (!none.test(character)) width += wide.test(character) ? 2 : 1
  }
  return width
}

/** A text cut to so many columns, with `…` in place of what is left out. Not for styled ones. */
export function cutTo(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let cut = ''
  for (const character of text) {
    if (widthOf(cut + character) > columns - 1) break
    cut += character
  }
  return `${cut}…`
}
