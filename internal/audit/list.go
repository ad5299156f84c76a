package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/id"
)

// Record is an entry as it is kept. Before and After are JSON texts.
type Record struct {
	Seq        int64
	At         time.Time
	ActorKind  ActorKind
	ActorID    *uuid.UUID
	ActorName  string
	Action     string
	TargetKind string
	TargetID   string
	Reason     string
	Address    string
	RequestID  string
	Before     *string
	After      *string
}

// Filter narrows a list. Area is what stands before an action's dot. Before is
// the sequence number to go on from; 0 begins with the newest.
type Filter struct {
	Actor  *uuid.UUID
	Area   string
	Target string
	From   time.Time
	Until  time.Time
	Before int64
	Limit  int
}

// List returns entries, newest first.
func List(ctx context.Context, conn db.Conn, company id.Company, f Filter) ([]Record, error) {
	args := pgx.NamedArgs{"company": company, "limit": f.Limit}
	where := "e.company_id = @company"
	if f.Before > 0 {
		where += " and e.seq < @before"
		args["before"] = f.Before
	}
	if f.Actor != nil {
		where += " and e.actor_id = @actor"
		args["actor"] = *f.Actor
	}
	if f.Area != "" {
		where += " and split_part(e.action, '.', 1) = @area"
		args["area"] = f.Area
	}
	if f.Target != "" {
		where += " and e.target_id = @target"
		args["target"] = f.Target
	}
	if !f.From.IsZero() {
		where += " and e.at >= @from"
		args["from"] = f.From
	}
	if !f.Until.IsZero() {
		where += " and e.at < @until"
		args["until"] = f.Until
	}
	rows, err := conn.Query(ctx, `
		select e.seq, e.at, e.actor_kind, e.actor_id, e.actor_name, e.action, e.target_kind, e.target_id, e.reason, e.address, e.request_id, e.before, e.after
		from audit_entry e where `+where+` order by e.seq desc limit @limit`, args)
	if err != nil {
		return nil, fmt.Errorf("list audit log: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Record])
	if err != nil {
		return nil, fmt.Errorf("list audit log: %w", err)
	}
	return list, nil
}

// Verdict is what checking a chain found.
type Verdict struct {
	Entries int64
	// Head is the hash of the newest entry, in hex. Whoever notes it elsewhere can
	// tell later that the chain was not written anew as a whole.
	Head string
	// Broken is the first sequence number at which the chain does not hold; 0 if
	// it holds.
	Broken int64
}

// VerifyAll computes every company's chain again, one after the other, and gives
// each verdict to tell.
func VerifyAll(ctx context.Context, d *db.DB, tell func(id.Company, Verdict)) error {
	rows, err := d.Doors().Query(ctx, `select company_ids()`)
	if err != nil {
		return fmt.Errorf("list companies: %w", err)
	}
	companies, err := pgx.CollectRows(rows, pgx.RowTo[id.Company])
	if err != nil {
		return fmt.Errorf("list companies: %w", err)
	}
	for _, c := range companies {
		v, err := Verify(ctx, d.For(c), c)
		if err != nil {
			return err
		}
		tell(c, v)
	}
	return nil
}

// Verify computes a company's chain again.
func Verify(ctx context.Context, conn db.Conn, company id.Company) (Verdict, error) {
	var v Verdict
	err := conn.QueryRow(ctx, `
		with chain as (
			select e.seq, e.hash, e.hash <> audit_digest(e) or e.seq <> row_number() over w
				or e.previous <> coalesce(lag(e.hash) over w, decode(repeat('00', 32), 'hex')) as broken
			from audit_entry e where e.company_id = @company window w as (order by e.seq)),
		head as (select h.seq, h.hash from audit_head h where h.company_id = @company)
		select count(*), coalesce(encode((select hash from head), 'hex'), ''),
			coalesce(min(c.seq) filter (where c.broken),
				-- Rows cut off at the end: the head knows more than the chain has.
				(select h.seq from head h where h.seq <> (select count(*) from chain) or h.hash is distinct from (select hash from chain order by seq desc limit 1)),
				case when count(*) > 0 and not exists (select from head) then 1 end, 0)
		from chain c`, pgx.NamedArgs{"company": company}).Scan(&v.Entries, &v.Head, &v.Broken)
	if err != nil {
		return Verdict{}, fmt.Errorf("verify audit log: %w", err)
	}
	return v, nil
}
