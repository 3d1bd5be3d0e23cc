import type { Logger } from 'pino';
import type { TelemetrySettings } from './settings.js';
import { SILENT, type Telemetry } from './telemetry.js';

/** The telemetry of a process, and its metrics as text when Prometheus may ask for them. */
export interface OpenedTelemetry {
  readonly telemetry: Telemetry;
  readonly scrape: (() => Promise<string>) | null;
}

/** Opens what the settings ask for. Where they ask for nothing, no library is loaded. */
export async function openTelemetry(settings: TelemetrySettings, log: Logger): Promise<OpenedTelemetry> {
  if (!settings.otlp && !settings.metrics) return { telemetry: SILENT, scrape: null };
  const { OpenTelemetry } = await import('./open-telemetry.js');
  const telemetry = new OpenTelemetry(settings, log);
  return { telemetry, scrape: settings.metrics ? () => telemetry.scrape() : null };
}
