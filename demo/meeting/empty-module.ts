/**
 * Takes the place of `@aws-sdk/client-chime-sdk-messaging` in the browser: the Chime SDK imports it for chat
 * channels, which a meeting does not use.
 */
export {};
