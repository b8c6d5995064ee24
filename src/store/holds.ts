/** What holds back a start, as the dispatcher's last round found it. Read with the task, so that nothing is written for each. */

/** Beyond this age the last round says nothing any more: there is no dispatcher. */
const STALE = "interval '1 minute'";

/** From where `HOLD` is read, beside an outbox row `o` that was never claimed. */
export const HOLD_TABLES = `
  dispatch_round r left join held_owners h on h.owner = o.owner
`;

/** What holds it, as `Hold['by']` says it; null when the task only waits for its turn. */
export const HELD_BY = `
  case
    when r.looked_at < now() - ${STALE} then null
    when r.refusal is not null then 'refusals'
    when h.full_pods then 'owner-pods'
    when r.full_pods then 'pods'
    when o.inline_bytes = 0 then null
    when h.full_inline then 'owner-inline'
    when r.full_inline then 'inline'
  end
`;

/** The same as a `Hold` in JSON, with the number in force or the words of the refusal. */
export const HOLD = `
  case ${HELD_BY}
    when 'refusals' then json_build_object('by', 'refusals', 'reason', r.refusal)
    when 'owner-pods' then json_build_object('by', 'owner-pods', 'most', r.max_owner_pods)
    when 'pods' then json_build_object('by', 'pods', 'most', r.max_pods)
    when 'owner-inline' then json_build_object('by', 'owner-inline', 'most', r.max_owner_inline_bytes)
    when 'inline' then json_build_object('by', 'inline', 'most', r.max_inline_bytes)
  end
`;
