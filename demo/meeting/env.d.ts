interface ImportMetaEnv {
  /** Address of the testbed's HTTP API, as `https://….amazonaws.com`; without it the page joins the local meeting. */
  readonly VITE_MEETING_API?: string;
}

interface ImportMeta {
  readonly env: ImportMetaEnv;
}
