/** The search attributes by which operators find tasks in the Temporal UI; used only where they are registered. */
import type { Connection } from '@temporalio/client';
import type { Logger } from 'pino';

import { SEARCH_ATTRIBUTES } from '../tes/search-attributes.ts';

/** Whether the attributes may be used. */
export interface SearchAttributeUse {
  /** Registers them at the first call; false while that is not allowed or not known. */
  mayUse(): Promise<boolean>;
  /** Temporal refused them after all, for instance because a registration takes its time. */
  refused(): void;
}

const KEYWORD = 2;
const LOOK_AGAIN_MS = 60_000;
const TIMEOUT_MS = 5_000;

/** A start with an unregistered attribute would fail for ever: without the right to register them they are left out. */
export function createSearchAttributeUse(
  connection: Connection,
  { namespace, logger }: { readonly namespace: string; readonly logger: Logger },
): SearchAttributeUse {
  let known: { readonly usable: boolean; readonly until: number } | undefined;
  let looking: Promise<boolean> | undefined;
  let said = false;

  function conclude(usable: boolean, err?: unknown): boolean {
    known = { usable, until: usable ? Infinity : Date.now() + LOOK_AGAIN_MS };
    if (!usable && !said) {
      said = true;
      logger.warn(
        { err, attributes: SEARCH_ATTRIBUTES },
        'search attributes are not registered in Temporal; workflows are started without them',
      );
    }
    return usable;
  }

  async function look(): Promise<boolean> {
    const add = Object.fromEntries(SEARCH_ATTRIBUTES.map((name) => [name, KEYWORD]));
    const { operatorService } = connection;
    return connection.withDeadline(Date.now() + TIMEOUT_MS, async () => {
      try {
        await operatorService.addSearchAttributes({ namespace, searchAttributes: add });
        return conclude(true);
      } catch (err) {
        // Existing ones are an error to some servers, and the right to look may be there without the one to add.
        const registered = await operatorService.listSearchAttributes({ namespace });
        const types: Readonly<Record<string, number>> = registered.customAttributes;
        return conclude(
          SEARCH_ATTRIBUTES.every((name) => types[name] === KEYWORD),
          err,
        );
      }
    });
  }

  return {
    async mayUse() {
      if (known !== undefined && Date.now() < known.until) return known.usable;
      looking ??= look()
        .catch((error: unknown) => conclude(false, error))
        .finally(() => {
          looking = undefined;
        });
      return looking;
    },
    refused() {
      conclude(false);
    },
  };
}
