import { describe, expect, it } from '@jest/globals';

import { describeSettings, maskedConfig } from '../../../src/config/describe.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { SETTING_GROUPS, SettingsSchema } from '../../../src/config/schema.ts';
import { settingOf } from '../../../src/config/setting.ts';

const SETTINGS = Object.entries(SettingsSchema.properties);
const SECRETS = SETTINGS.filter(([, schema]) => settingOf(schema).secret).map(([name]) => name);

describe('the configuration in force', () => {
  it('is shown without any secret', () => {
    const marker = 'postgres://user:hunter2@db/orrery';
    const needed = { ORRERY_SHIM_IMAGE: 'a', ORRERY_TRANSPORTER_IMAGE: 'b' };
    const secrets = Object.fromEntries(SECRETS.map((name) => [name, marker]));
    const config = loadConfig({ ...needed, ...secrets });

    expect(JSON.stringify(config)).toContain(marker);
    expect(JSON.stringify(maskedConfig(config))).not.toContain('hunter2');
    expect(maskedConfig(config).api).toStrictEqual(config.api);
  });
});

describe('the reference of settings', () => {
  it('has a row for every setting, with its sentence', () => {
    const rows = describeSettings().split('\n');

    for (const [name, schema] of SETTINGS) {
      const row = rows.filter((line) => line.startsWith(`| \`${name}\` |`));

      expect(row).toHaveLength(1);
      expect(row[0]).toContain(settingOf(schema).description);
    }
  });

  it('groups every setting once', () => {
    const grouped = Object.values(SETTING_GROUPS).flatMap((group) => Object.keys(group));

    expect(grouped).toStrictEqual(SETTINGS.map(([name]) => name));
  });

  it('marks what is required and what is secret', () => {
    const reference = describeSettings();

    expect(reference).toMatch(/`ORRERY_SHIM_IMAGE` \| \*\*required\*\*/);
    expect(reference).toMatch(/ORRERY_POSTGRES_URL.*Secret; or `ORRERY_POSTGRES_URL_FILE`/);
  });
});
