package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/jackc/pgx/v5"

	"sembang/internal/audit"
	"sembang/internal/id"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Compute every company's audit chain again; fails if one does not hold."`
}

type auditVerifyCmd struct{ storage }

// Run prints one line a company: its entries, its newest hash, and whether the
// chain holds.
func (c *auditVerifyCmd) Run(ctx context.Context, log *slog.Logger) error {
	a, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer a.Close(ctx)
	rows, err := a.DB.Doors().Query(ctx, `select company_ids()`)
	if err != nil {
		return fmt.Errorf("list companies: %w", err)
	}
	companies, err := pgx.CollectRows(rows, pgx.RowTo[id.Company])
	if err != nil {
		return fmt.Errorf("list companies: %w", err)
	}
	broken := false
	for _, company := range companies {
		v, err := audit.Verify(ctx, a.DB.For(company), company)
		if err != nil {
			return err
		}
		verdict := "holds"
		if v.Broken != 0 {
			verdict, broken = fmt.Sprintf("BROKEN at entry %d", v.Broken), true
		}
		fmt.Fprintf(os.Stdout, "%s  %8d entries  %s  %s\n", company, v.Entries, v.Head, verdict)
	}
	if broken {
		return errors.New("an audit log was changed after the fact")
	}
	return nil
}
