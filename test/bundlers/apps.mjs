/**
 * A smallest app for each bundler: what its user writes, and nothing for the sake of this package but what
 * docs/bundlers.md says under the bundler's heading. Versions are exact; they are no dependencies of the project.
 */

const USE = `const camera = document.createElement('virtual-background-camera');
camera.model = 'selfie';
camera.background = 'teal';
document.body.append(camera);
document.title = typeof createVirtualBackground;
`;
const SCRIPT = `import 'virtual-background-camera/define.js';
import { createVirtualBackground } from 'virtual-background-camera';
${USE}`;
/** For bundlers that are to leave the package alone: it comes later. */
const LATER_SCRIPT = `import { camera as loaded } from './camera.js';
loaded.then(({ createVirtualBackground }) => {
${USE}});
`;
const page = (script) => `<!doctype html><html lang="en"><title>app</title><body>${script}</body></html>`;
const TAG = '<virtual-background-camera model="selfie" background="teal"></virtual-background-camera>';

const NEXT_APP = {
  'app/layout.js': `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
`,
  'app/page.js': `'use client';
import 'virtual-background-camera/define.js';
import { createVirtualBackground } from 'virtual-background-camera';
export default function Page() {
  return <><title>{typeof createVirtualBackground}</title>${TAG}</>;
}
`,
};

const ANGULAR_APP = {
  'angular.json': JSON.stringify({
    version: 1,
    projects: {
      app: {
        projectType: 'application',
        root: '',
        architect: {
          build: {
            builder: '@angular/build:application',
            options: { browser: 'main.ts', index: 'index.html', tsConfig: 'tsconfig.json', outputPath: { base: 'dist', browser: '' } },
            configurations: { development: { optimization: false } },
          },
          serve: { builder: '@angular/build:dev-server', options: { buildTarget: 'app:build:development' } },
        },
      },
    },
  }),
  'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, target: 'ES2022', module: 'preserve', moduleResolution: 'bundler', skipLibCheck: true }, files: ['main.ts'] }),
  'index.html': '<!doctype html><html lang="en"><head><title>app</title><base href="/"></head><body><app-root></app-root></body></html>',
  'main.ts': `import { CUSTOM_ELEMENTS_SCHEMA, Component } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import 'virtual-background-camera/define.js';
import { createVirtualBackground } from 'virtual-background-camera';

@Component({
  selector: 'app-root',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: '${TAG}',
})
class App {}

document.title = typeof createVirtualBackground;
void bootstrapApplication(App);
`,
};

const angular = Object.fromEntries(['common', 'compiler', 'compiler-cli', 'core', 'platform-browser'].map((name) => [`@angular/${name}`, '21.2.26']));

/**
 * @typedef {object} App
 * @property {string} name of the bundler, and its heading in docs/bundlers.md where it needs a recipe
 * @property {Record<string, string>} packages exact versions; the first is the bundler's
 * @property {Record<string, string>} files by path
 * @property {string} [build] command that writes {@link App.output}
 * @property {string} [output] folder that is then served; left out: `serve` serves it
 * @property {Record<string, string>} [page] files that the bundler does not make, written into `output`
 * @property {(port: number) => string} [serve] command that serves what was built
 * @property {(port: number) => string} [dev] command of the server for development
 */

/** @type {Record<string, App>} */
export const APPS = {
  'vite-8': vite('8.3.8'),
  'vite-7': vite('7.3.8'),
  webpack: {
    name: 'webpack',
    packages: { webpack: '5.113.0', 'webpack-cli': '7.3.1', 'webpack-dev-server': '5.2.7' },
    files: { 'src/index.js': SCRIPT, 'public/index.html': page('<script src="main.js"></script>') },
    build: 'webpack --mode production',
    output: 'dist',
    page: { 'index.html': page('<script src="main.js"></script>') },
    dev: (port) => `webpack serve --mode development --host 127.0.0.1 --port ${port}`,
  },
  parcel: {
    name: 'Parcel',
    packages: { parcel: '2.16.4' },
    files: { 'index.html': page('<script type="module" src="main.js"></script>'), 'main.js': LATER_SCRIPT },
    build: 'parcel build index.html',
    output: 'dist',
    dev: (port) => `parcel serve index.html --host 127.0.0.1 --port ${port}`,
  },
  next: {
    name: 'Next.js (Turbopack)',
    packages: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' },
    files: NEXT_APP,
    build: 'next build',
    serve: (port) => `next start --hostname 127.0.0.1 --port ${port}`,
    dev: (port) => `next dev --hostname 127.0.0.1 --port ${port}`,
  },
  angular: {
    name: 'Angular CLI',
    packages: { '@angular/cli': '21.2.27', '@angular/build': '21.2.27', ...angular, rxjs: '7.8.2', tslib: '2.9.1', typescript: '5.9.3' },
    files: ANGULAR_APP,
    build: 'ng build',
    output: 'dist',
    dev: (port) => `ng serve --host 127.0.0.1 --port ${port}`,
  },
  esbuild: {
    name: 'esbuild',
    packages: { esbuild: '0.27.7' },
    files: { 'main.js': SCRIPT },
    build: 'esbuild main.js --bundle --splitting --minify --format=esm --outdir=dist',
    output: 'dist',
    page: { 'index.html': page('<script type="module" src="main.js"></script>') },
  },
  rollup: {
    name: 'Rollup',
    packages: { rollup: '4.67.4', '@rollup/plugin-node-resolve': '16.0.3' },
    files: { 'main.js': SCRIPT },
    build: 'rollup main.js --dir dist --plugin node-resolve',
    output: 'dist',
    page: { 'index.html': page('<script type="module" src="main.js"></script>') },
  },
};

function vite(version) {
  return {
    name: `Vite ${version.split('.')[0]}`,
    packages: { vite: version },
    files: { 'index.html': page('<script type="module" src="/main.js"></script>'), 'main.js': SCRIPT },
    build: 'vite build',
    output: 'dist',
    dev: (port) => `vite --host 127.0.0.1 --port ${port} --strictPort`,
  };
}
