/** Line drawings on a square of 24, in the colour of the text around them. */
const ICONS = {
  microphone: ['M12 3.5a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3Z', 'M5.5 11a6.5 6.5 0 0 0 13 0M12 17.5v3'],
  microphoneOff: ['M9 9v2.5a3 3 0 0 0 4.6 2.5M15 11V6.5a3 3 0 0 0-5.6-1.5', 'M5.5 11a6.5 6.5 0 0 0 10.4 5.2M18.5 11a6.4 6.4 0 0 1-.7 2.9M12 17.5v3M3.5 3.5l17 17'],
  camera: ['M5 6h8a2.5 2.5 0 0 1 2.5 2.5v7A2.5 2.5 0 0 1 13 18H5a2.5 2.5 0 0 1-2.5-2.5v-7A2.5 2.5 0 0 1 5 6Z', 'm15.5 10.5 4.6-2.8a.9.9 0 0 1 1.4.8v7a.9.9 0 0 1-1.4.8l-4.6-2.8'],
  cameraOff: ['M10 6h3a2.5 2.5 0 0 1 2.5 2.5v2l4.6-2.8a.9.9 0 0 1 1.4.8v7a.9.9 0 0 1-.6.8', 'M15.5 15.5A2.5 2.5 0 0 1 13 18H5a2.5 2.5 0 0 1-2.5-2.5v-7c0-1 .6-1.9 1.5-2.3M3 3l18 18'],
  screen: ['M5 4.5h14A2.5 2.5 0 0 1 21.5 7v7.5A2.5 2.5 0 0 1 19 17H5a2.5 2.5 0 0 1-2.5-2.5V7A2.5 2.5 0 0 1 5 4.5Z', 'M8.5 20.5h7M12 13.5v-6M9.4 10 12 7.4l2.6 2.6'],
  presenter: ['M21.5 12V7A2.5 2.5 0 0 0 19 4.5H5A2.5 2.5 0 0 0 2.5 7v7.5A2.5 2.5 0 0 0 5 17h5', 'M16.5 10a2.25 2.25 0 0 1 0 4.5 2.25 2.25 0 0 1 0-4.5ZM12 20.5a4.5 4.5 0 0 1 9 0'],
  stop: ['M5 4.5h14A2.5 2.5 0 0 1 21.5 7v7.5A2.5 2.5 0 0 1 19 17H5a2.5 2.5 0 0 1-2.5-2.5V7A2.5 2.5 0 0 1 5 4.5Z', 'M8.5 20.5h7M9.5 8.3l5 5M14.5 8.3l-5 5'],
  leave: ['M13.5 4.5H7A2.5 2.5 0 0 0 4.5 7v10A2.5 2.5 0 0 0 7 19.5h6.5', 'M10 12h10.5M16.5 8l4 4-4 4'],
  end: ['M12 3.5a8.5 8.5 0 0 1 0 17 8.5 8.5 0 0 1 0-17Z', 'M9 9l6 6M15 9l-6 6'],
  send: ['M4 12 20.5 4.5 14 20.5l-3-6.5Z', 'M11 14l4-4'],
} as const;

export type IconName = keyof typeof ICONS;

const SVG = 'http://www.w3.org/2000/svg';

function createIcon(name: IconName): SVGElement {
  const icon = document.createElementNS(SVG, 'svg');
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.setAttribute('aria-hidden', 'true');
  for (const lines of ICONS[name]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', lines);
    icon.append(path);
  }
  return icon;
}

/** An icon and the words that say what a press does; where there is no room for the words, they are still read out. */
export function dressButton(button: HTMLButtonElement, name: IconName, label: string): void {
  button.setAttribute('aria-label', label);
  button.title = label;
  const words = document.createElement('span');
  words.className = 'label';
  words.textContent = label;
  button.replaceChildren(createIcon(name), words);
}
