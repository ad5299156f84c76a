package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

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
	broken := false
	err = audit.VerifyAll(ctx, a.DB, func(company id.Company, v audit.Verdict) {
		verdict := "holds"
		if v.Broken != 0 {
			verdict, broken = fmt.Sprintf("BROKEN at entry %d", v.Broken), true
		}
		fmt.Fprintf(os.Stdout, "%s  %8d entries  %s  %s\n", company, v.Entries, v.Head, verdict)
	})
	if err != nil {
		return err
	}
	if broken {
		return errors.New("an audit log was changed after the fact")
	}
	return nil
}
