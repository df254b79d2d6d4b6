-- What devices told, in SQLite. Moments are text, RFC 3339 in UTC: they sort as they are.
-- The payload is the whole message as JSON: payload ->> '$.frame.w' reaches what has no column.

-- Every event once, in sequence: a row is written when all before it are here, or in gaps.
create table events(
    device text not null,       -- the device's id
    epoch text not null,        -- random id of the device's journal; numbers begin anew with it
    seq integer not null,       -- number within the epoch, from 1
    camera text not null,
    event_type text not null,   -- change_started, change_updated, change_persistent, change_ended, ...
    change_id text,             -- the same through a change's whole life; null for events of the view
    ts text not null,           -- when it was decided, by the device's clock
    captured text not null,     -- when its picture was taken
    clock_synced integer not null, -- whether that clock could be believed: 1 or 0
    started text,               -- when the change was first seen
    ended text,                 -- when it ended
    end_reason text,            -- reverted, accepted, absorbed, disarmed
    view text not null,         -- whether the view could be judged: ok, learning, moved, covered, ...
    kind text,                  -- appeared, disappeared, altered, unknown
    score real,                 -- the change's highest score, 0 to 1
    threshold real not null,    -- from which score on a pixel counted
    persisted_s real,           -- seconds it had been there
    area_px integer not null,   -- pixels that changed
    late integer not null,      -- 1: told long after it happened, or told again
    boot text not null,         -- random id of one run of the device
    model text not null,        -- what looked
    received text not null,     -- when it came here
    payload text not null,
    primary key(device, epoch, seq)
) without rowid;
create index events_by_time on events(ts);
create index events_by_change on events(device, change_id, ts) where change_id is not null;

-- Numbers behind which there is no event.
create table gaps(
    device text not null,
    epoch text not null,
    digest text not null,       -- tells it from others; the same when it is told again
    first_seq integer,          -- null where the events never had numbers in this epoch
    last_seq integer,           -- inclusive
    count integer,              -- how many events are missing; null where nobody knows
    reason text not null,       -- damaged, full, refused, confirmed; ours: joined, unanswered, unreadable
    lost_epoch text,            -- the epoch they were numbered in, where that is over
    told_by text not null,      -- device, or consumer
    ts text not null,
    received text not null,
    payload text not null,
    primary key(device, epoch, digest)
) without rowid;

-- How far each sequence is kept. The device deletes what lies below seq.
create table cursors(
    device text not null,
    epoch text not null,
    seq integer not null,       -- everything up to here is in events or gaps
    newest integer not null,    -- the highest number heard of; above seq something is missing
    waiting integer not null,   -- messages set aside until what is missing has come
    last_ts text not null,      -- when the device told the newest
    began text not null,
    moved text not null,
    primary key(device, epoch)
) without rowid;

-- What came before its turn.
create table early(
    device text not null,
    epoch text not null,
    first_seq integer not null,
    payload text not null,
    primary key(device, epoch, first_seq)
) without rowid;

-- Messages that are no events: kept for a person to look at, the newest 10,000.
create table unreadable(
    digest text primary key,
    topic text not null,
    payload blob not null,
    fault text not null,
    times integer not null,     -- how often it came
    first_received text not null,
    last_received text not null
) without rowid;

create table meta(key text primary key, value text not null) without rowid;

-- One row a change: its newest event says how it stands, its first how it began.
create view changes as
select device, camera, change_id, kind, started, ended, end_reason, score, persisted_s, area_px, told, updates
from (
    select events.*,
        min(ts) over (partition by device, change_id) as told,
        count(*) over (partition by device, change_id) as updates,
        row_number() over (partition by device, change_id order by ts desc, seq desc) as newest_first
    from events where change_id is not null
) where newest_first = 1;

create view open_changes as select * from changes where ended is null;

create view events_per_hour as
select substr(ts, 1, 13) || ':00:00.000Z' as hour, device, camera, event_type, count(*) as events
from events group by 1, 2, 3, 4;

-- One row an epoch: how far behind we are, and what is gone.
create view lag as
select device, epoch, seq, newest, newest - seq as missing, waiting, last_ts, moved,
    (select count(*) from gaps where gaps.device = cursors.device and gaps.epoch = cursors.epoch) as gaps
from cursors;
