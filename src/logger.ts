import { pino } from 'pino'

/** The few methods we use of a logger; pino is one. */
export interface Logger {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
  child(facts: object): Logger
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export function createLogger(options: { level: LogLevel; pretty: boolean }): Logger {
  const transport = options.pretty
    ? {
        target: 'pino-pretty',
        options: { destination: 2, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' },
      }
    : undefined
  return transport
    ? pino({ level: options.level, transport })
    : pino({ level: options.level }, pino.destination({ fd: 2, sync: false }))
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
}
