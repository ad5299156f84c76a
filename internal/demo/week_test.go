package demo_test

import (
	"testing"
)

// faults are ways in which rows can disagree with what the engine would have
// written; each query returns one line a disagreement.
var faults = map[string]string{
	"seqs of a thread run from 1 without a gap, in the order of time": `
		select conversation_id || ' ' || seq from (
			select conversation_id, seq, at, row_number() over w as place, lag(at) over w as before from message window w as (partition by conversation_id order by seq)) m
		where seq <> place or at < before`,
	"a mailbox counts what its thread holds": `
		select b.conversation_id::text from mailbox b left join (
			select conversation_id, max(seq) as seq, max(seq) filter (where direction = 'in') as last_in from message group by 1) m using (conversation_id)
		where (b.last_seq, b.last_in) is distinct from (m.seq, m.last_in)`,
	"everything is answered, or waits for a person": `
		select conversation_id::text from mailbox b join conversation v on v.id = conversation_id
		where processed > last_in or (closed and processed <> last_in) or (processed < last_in and bot_state <> 'handed_over')
			or (v.waiting_since is not null and bot_state <> 'handed_over')`,
	"the processed seq is the newest inbound one that an answer came after": `
		select b.conversation_id::text from mailbox b where b.processed <> case when b.closed then b.last_in else coalesce((
			select max(i.seq) from message i where i.conversation_id = b.conversation_id and i.direction = 'in' and exists (
				select from message o where o.conversation_id = i.conversation_id and o.direction = 'out' and o.seq > i.seq)), 0) end`,
	"nothing is due, leased, failed or queued": `
		select 'mailbox ' || conversation_id from mailbox where due_at is not null or lease is not null or lease_until is not null or attempts <> 0 or discards <> 0
		union all select 'outbox ' || message_id from outbox where next_at is not null or lease_until is not null or state in ('queued', 'sending')
		union all select 'message ' || id from message where state in ('queued', 'sending')
		union all select 'delivery ' || id from delivery where next_at is not null`,
	"a turn's first due time is kept only while the customer waits": `
		select conversation_id::text from mailbox b where (first_due_at is not null) <> (processed < last_in)`,
	"a conversation shows the last thing said": `
		select v.id::text from conversation v left join lateral (
			select author, left(body, 160) as text, at from message m where m.conversation_id = v.id and direction <> 'event' order by seq desc limit 1) m on true
		left join lateral (
			select max(at) as at from message e where e.conversation_id = v.id and e.direction = 'event' and e.content = 'taken_over') e on true
		where (v.last_author, v.last_text, v.last_at) is distinct from (m.author, m.text, greatest(m.at, e.at))`,
	"a conversation's open ends agree with its mailbox": `
		select v.id::text from conversation v join mailbox b on b.conversation_id = v.id
		where b.closed <> (v.status = 'resolved') or (v.outcome is not null) <> b.closed or (b.closed and (v.unread > 0 or v.waiting_since is not null))`,
	"waiting counts from the oldest message no person answered": `
		select v.id::text from conversation v where v.status = 'open' and v.waiting_since is distinct from (
			select min(i.at) from message i where i.conversation_id = v.id and i.direction = 'in' and i.seq > coalesce((
				select max(o.seq) from message o where o.conversation_id = v.id and o.direction = 'out'
					and not exists (select from reply r where r.message_id = o.id and r.source = 'fixed')), 0))`,
	"unread is no more than what came in since a person wrote": `
		select v.id::text from conversation v where v.unread > (
			select count(*) from message i where i.conversation_id = v.id and i.direction = 'in' and i.seq > coalesce((
				select max(o.seq) from message o where o.conversation_id = v.id and o.author = 'agent'), 0))`,
	"each bot message has its provenance, and nothing else has one": `
		select m.id::text from message m left join reply r on r.message_id = m.id where (m.author = 'bot') <> (r.message_id is not null)`,
	"answers cover a thread's inbound messages in order, none twice": `
		select r.message_id::text from (
			select r.*, m.seq, m.conversation_id, lag(r.to_seq) over (partition by m.conversation_id order by m.seq) as before from reply r join message m on m.id = r.message_id) r
		where r.from_seq > r.to_seq or r.to_seq >= r.seq or r.from_seq <= coalesce(r.before, 0)
			or r.to_seq <> (select max(seq) from message i where i.conversation_id = r.conversation_id and i.direction = 'in' and i.seq < r.seq)`,
	"a source has what belongs to it": `
		select r.message_id::text from reply r join message m on m.id = r.message_id left join template t on t.id = r.template_id
		left join template_text x on x.template_id = r.template_id and x.language = r.language
		where (r.source = 'template') <> (t.id is not null) or (r.source = 'template') <> (coalesce(r.score, 0) >= 0.97) or (r.source = 'template' and x.body is null)
			or (r.source = 'claude') <> (m.body like '[Simulated Claude] %') or (r.source = 'claude' and r.model is null) or r.model not like '%-simulated'
			or r.cost_micro_usd <> 0 or (r.model is null) <> (r.input_tokens = 0)
			or (r.source = 'fixed') <> exists (select from message e where e.conversation_id = m.conversation_id and e.seq = m.seq + 1 and e.content = 'handed_over')`,
	"a message's state is its part's, and only its own sends have one": `
		select m.id::text from message m left join outbox o on o.message_id = m.id
		where (o.message_id is not null) <> (m.author in ('bot', 'agent')) or (o.state, o.error) is distinct from (case when o.message_id is not null then m.state end, m.error)
			or (o.state = 'sent') <> (o.vendor_id is not null) or o.body <> m.body or o.seq <> m.seq`,
	"vendors name no message twice": `
		select vendor_id from (select integration_id, vendor_id from message union all select integration_id, vendor_id from outbox) m
		where vendor_id is not null group by integration_id, vendor_id having count(*) > 1`,
	"nothing is still to come, and nothing is older than a week": `
		select id::text from message where at > now() or at < now() - interval '7 days' or sent_at > now()
		union all select id::text from conversation where greatest(active_at, last_at, waiting_since) > now() or created_at < now() - interval '7 days'`,
	"the bot's silence agrees with what happened last": `
		select b.conversation_id::text from mailbox b left join lateral (
			select m.author, m.content, m.direction from message m where m.conversation_id = b.conversation_id
				and (m.direction = 'out' or m.content in ('handed_over', 'taken_over', 'resumed')) order by seq desc limit 1) m on true
		where (b.bot_state = 'paused') <> (b.paused_until is not null) or (b.bot_state = 'handed_over' and b.bot_reason is null)
			or (m.content = 'handed_over' and b.bot_state <> 'handed_over') or (m.content = 'taken_over' and b.bot_state <> 'paused')
			or (m.author = 'bot' and b.bot_state <> 'on') or (m.author = 'phone' and (b.bot_state, b.bot_reason) is distinct from ('paused', 'phone'))`,
	"nobody waits for longer than a day": `
		select id::text from conversation where waiting_since < now() - interval '24 hours'`,
	"people who are assigned answer customers": `
		select v.id::text from conversation v left join app_user u on u.id = v.assignee_id where v.assignee_id is not null and u.role is distinct from 'company_user'`,
	"a contact speaks what its last answer was in": `
		select k.id::text from contact k where k.language is distinct from (
			select r.language from reply r join message m on m.id = r.message_id join conversation v on v.id = m.conversation_id
			where v.contact_id = k.id order by m.at desc limit 1)`,
}

func TestTheWeekIsWhatTheEngineWouldHaveWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustSeed(t)
	for name, sql := range faults {
		if found := w.lines(t, sql); len(found) > 0 {
			t.Errorf("not so: %s: %v", name, found)
		}
	}
}

// A check that finds nothing must be one that can find something.
func TestTheChecksOfTheWeekBite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustSeed(t)
	for name, spoil := range map[string]string{
		"seqs of a thread run from 1 without a gap, in the order of time":       `update message set seq = seq + 1000 where seq = 3`,
		"a mailbox counts what its thread holds":                                `update mailbox set last_in = last_in - 1`,
		"everything is answered, or waits for a person":                         `update mailbox set processed = last_in - 1`,
		"the processed seq is the newest inbound one that an answer came after": `update mailbox set processed = last_in where bot_state = 'handed_over'`,
		"nothing is due, leased, failed or queued":                              `update outbox set state = 'queued', next_at = now() where state = 'failed'`,
		"a turn's first due time is kept only while the customer waits":         `update mailbox set first_due_at = now()`,
		"a conversation shows the last thing said":                              `update conversation set last_text = 'x'`,
		"a conversation's open ends agree with its mailbox":                     `update mailbox set closed = not closed`,
		"waiting counts from the oldest message no person answered":             `update conversation set waiting_since = null`,
		"unread is no more than what came in since a person wrote":              `update conversation set unread = 99`,
		"each bot message has its provenance, and nothing else has one":         `delete from reply where source = 'fixed'`,
		"answers cover a thread's inbound messages in order, none twice":        `update reply set from_seq = 1`,
		"a source has what belongs to it":                                       `update reply set score = 0.5 where source = 'template'`,
		"a message's state is its part's, and only its own sends have one":      `update message set state = 'sent' where state = 'failed'`,
		"vendors name no message twice":                                         `update outbox o set vendor_id = m.vendor_id from message m where m.integration_id = o.integration_id and m.vendor_id is not null`,
		"nothing is still to come, and nothing is older than a week":            `update message set at = now() + interval '1 minute' where seq = 1`,
		"the bot's silence agrees with what happened last":                      `update mailbox set bot_state = 'on'`,
		"nobody waits for longer than a day":                                    `update conversation set waiting_since = now() - interval '2 days'`,
		"people who are assigned answer customers":                              `update conversation v set assignee_id = u.id from app_user u where u.role = 'company_admin'`,
		"a contact speaks what its last answer was in":                          `update contact set language = 'zh'`,
	} {
		tx, err := w.admin.Begin(t.Context())
		if err != nil {
			t.Fatalf("begin: %v", err)
		}
		if _, err := tx.Exec(t.Context(), spoil); err != nil {
			t.Errorf("spoil %q: %v", name, err)
		} else if found := w.lines(t, faults[name]); len(found) == 0 {
			t.Errorf("check %q finds nothing after %s", name, spoil)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatalf("roll back: %v", err)
		}
	}
}

func TestTheWeekShowsEveryKindOfConversation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustSeed(t)
	for name, sql := range map[string]string{
		"on OnSend":            `select count(*) from conversation v join integration i on i.id = v.integration_id where i.channel = 'onsend'`,
		"on Telegram":          `select count(*) from conversation v join integration i on i.id = v.integration_id where i.channel = 'telegram'`,
		"answered by template": `select count(*) from reply where source = 'template'`,
		"answered by a global template": `select count(*) from reply r join template t on t.id = r.template_id
			where t.company_id <> r.company_id`,
		"answered by the model":    `select count(*) from reply where source = 'claude'`,
		"handed over on a wish":    `select count(*) from message where content = 'handed_over' and body = 'asked'`,
		"handed over for a photo":  `select count(*) from message where content = 'handed_over' and body = 'content'`,
		"handed over on a figure":  `select count(*) from reply where checks @> '[{"passed": false}]'`,
		"taken over":               `select count(*) from message where content = 'taken_over'`,
		"assigned by hand":         `select count(*) from message where content = 'assigned'`,
		"typed on the phone":       `select count(*) from message where author = 'phone'`,
		"won":                      `select count(*) from conversation where outcome = 'won'`,
		"lost":                     `select count(*) from conversation where outcome = 'lost'`,
		"an appointment":           `select count(*) from conversation where outcome = 'appointment'`,
		"a send that failed":       `select count(*) from message where state = 'failed'`,
		"a send nobody knows of":   `select count(*) from message where state = 'unknown'`,
		"waiting for minutes":      `select count(*) from conversation where waiting_since > now() - interval '1 hour'`,
		"waiting for hours":        `select count(*) from conversation where waiting_since < now() - interval '2 hours'`,
		"unassigned":               `select count(*) from conversation where status = 'open' and assignee_id is null`,
		"unread":                   `select count(*) from conversation where unread > 0`,
		"in English":               `select count(*) from conversation where language = 'en'`,
		"in Malay":                 `select count(*) from conversation where language = 'ms'`,
		"in Chinese":               `select count(*) from conversation where language = 'zh'`,
		"mixed":                    `select count(*) from reply where mixed`,
		"a customer who came back": `select count(*) from (select contact_id from conversation group by 1 having count(*) > 1) k`,
		"a bot that waits":         `select count(*) from mailbox where bot_state = 'paused' and paused_until > now()`,
	} {
		if w.number(t, sql) == 0 {
			t.Errorf("there is no conversation, message or answer: %s", name)
		}
	}
}
