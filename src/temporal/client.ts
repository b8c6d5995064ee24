/** The connection of api and controller to Temporal. */
import { Client, Connection } from '@temporalio/client';

/** Where Temporal is and which namespace and Temporal task queue are ours. */
export interface TemporalSettings {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
}

/** After a long outage the default of the gRPC library, two minutes, would be how much longer Temporal seems to be away. */
const LONGEST_RECONNECT_PAUSE_MS = 5_000;

/** A client that connects at its first call, so that start-up does not need Temporal. */
export function createTemporalClient(settings: TemporalSettings): {
  client: Client;
  connection: Connection;
  close: () => Promise<void>;
} {
  const connection = Connection.lazy({
    address: settings.address,
    channelArgs: { 'grpc.max_reconnect_backoff_ms': LONGEST_RECONNECT_PAUSE_MS },
  });
  const client = new Client({ connection, namespace: settings.namespace });
  return { client, connection, close: () => connection.close() };
}

/** The id of the namespace, which changes when someone re-creates it under the same name. */
export async function namespaceId(client: Client): Promise<string> {
  const described = await client.workflowService.describeNamespace({
    namespace: client.options.namespace,
  });
  const id = described.namespaceInfo?.id;
  if (!id) throw new Error(`Temporal gives no id for namespace ${client.options.namespace}`);
  return id;
}
