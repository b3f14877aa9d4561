import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const PATHS = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
    const folder = process.env[name];
    if (!folder) return [];
    return [
      join(folder, 'Google/Chrome/Application/chrome.exe'),
      join(folder, 'Chromium/Application/chrome.exe'),
      join(folder, 'Microsoft/Edge/Application/msedge.exe'),
    ];
  }),
  linux: ['/opt/google/chrome/chrome', '/opt/microsoft/msedge/msedge', '/snap/bin/chromium'],
};
const COMMANDS = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser', 'microsoft-edge'];

const FIREFOX_PATHS = {
  darwin: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
    const folder = process.env[name];
    return folder ? [join(folder, 'Mozilla Firefox/firefox.exe')] : [];
  }),
  linux: ['/opt/firefox/firefox', '/usr/lib/firefox/firefox'],
};
const FIREFOX_COMMANDS = ['firefox-esr', 'firefox'];

/** A program by the names it may have on the PATH, or in its usual places. */
function findProgram(commands, paths) {
  const folders = process.platform === 'win32' ? [] : (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = [
    ...commands.flatMap((command) => folders.map((folder) => join(folder, command))),
    ...(paths[process.platform] ?? paths.linux),
  ];
  return candidates.find((path) => existsSync(path));
}

/** The program that an environment variable names, if it is set. */
function chosenProgram(variable, what) {
  const chosen = process.env[variable];
  if (!chosen || existsSync(chosen)) return chosen;
  throw new Error(`${variable} must be the path of ${what}; nothing is at '${chosen}'.`);
}

/**
 * The Chromium-based browser that the scripts drive.
 *
 * @returns {string} path of its program
 * @throws {Error} that says what to install, when there is none
 */
export function findBrowser() {
  const found = chosenProgram('CHROME_PATH', 'a Chrome, Chromium or Edge program') || findProgram(COMMANDS, PATHS);
  if (found) return found;
  throw new Error(
    'No Chrome, Chromium or Edge found. Install one (Debian: `apt-get install chromium`; macOS: ' +
      '`brew install --cask google-chrome`; Windows: https://www.google.com/chrome/), or set CHROME_PATH to its program.',
  );
}

/**
 * The Firefox that the browser tests run in besides.
 *
 * @returns {string} path of its program
 * @throws {Error} that says what to install, when there is none
 */
export function findFirefox() {
  const found = chosenProgram('FIREFOX_PATH', 'a Firefox program') || findProgram(FIREFOX_COMMANDS, FIREFOX_PATHS);
  if (found) return found;
  throw new Error(
    'No Firefox found. Install it (Debian: `apt-get install firefox-esr xvfb libgl1-mesa-dri`; macOS: ' +
      '`brew install --cask firefox`; Windows: https://www.firefox.com/), or set FIREFOX_PATH to its program.',
  );
}

/** For tests that need it: false, or why they are skipped. */
export function isFirefoxMissing() {
  try {
    findFirefox();
    return false;
  } catch (error) {
    return error.message;
  }
}

/** Flags that every Chromium of ours is started with. The sandbox cannot start for root, and only then is left out. */
export function baseBrowserFlags() {
  return [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--no-first-run',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist',
    '--autoplay-policy=no-user-gesture-required',
  ];
}
