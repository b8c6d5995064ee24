/** The rules of a task's resources: what this installation allows and offers. */
import { destinationOf } from './destination.ts';
import { findOffer, type Offers } from './offers.ts';
import { quoted } from './problems.ts';
import type { Draft, Report } from './shape.ts';
import type { Resources } from './task.ts';

/** Reports what exceeds the maximums, zones that are unknown, and profiles that do not go together. */
export function checkResources(
  resources: Draft<Resources> | undefined,
  offers: Offers,
  report: Report,
): void {
  if (resources === undefined) return;
  const { maximums } = offers;
  checkMaximum('cpu_cores', [resources.cpu_cores, maximums.cpuCores], report);
  checkMaximum('ram_gb', [resources.ram_gb, maximums.ramGb], report);
  checkMaximum('disk_gb', [resources.disk_gb, maximums.diskGb], report);
  if (checkZones(resources.zones ?? [], offers, report)) {
    checkDestination(resources, offers, report);
  }
}

function checkMaximum(
  name: string,
  [asked, most]: readonly [number | undefined, number | undefined],
  report: Report,
): void {
  if (asked === undefined || most === undefined || asked <= most) return;
  report(`/resources/${name}`, `must not be more than ${most} here; ask for less`);
}

function checkZones(
  zones: readonly (string | undefined)[],
  offers: Offers,
  report: Report,
): boolean {
  const known = Object.keys(offers.zones);
  if (known.length === 0) return true;
  const isUnknown = (zone: string | undefined): boolean =>
    zone !== undefined && findOffer(offers.zones, zone) === undefined;
  zones.forEach((zone = '', index) => {
    if (!isUnknown(zone)) return;
    report(`/resources/zones/${index}`, `is ${quoted(zone)}; use one of ${known.join(', ')}`);
  });
  return !zones.some(isUnknown);
}

/** Each wish is in order by now, so that only their combination can be wrong. */
function checkDestination(resources: Draft<Resources>, offers: Offers, report: Report): void {
  const destination = destinationOf(resources as Resources, offers);
  if (!('fault' in destination)) return;
  const fault = destination.fault.replace(/\.$/, '');
  report('/resources', `cannot be met together: ${fault}; leave one of them out`);
}
