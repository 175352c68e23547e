/** What the gateway is told. */
export class GatewayConfig {
  constructor(
    /** Where people reach it, without a slash at the end: `https://desk.example.org`. */
    readonly TRIBUTARY_PUBLIC_URL: string,
    /** Folder of the built console. */
    readonly consoleFolder: string,
  ) {}
}
