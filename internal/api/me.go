package api

import (
	"context"

	"sembang/internal/access"
)

// Me is the person who is signed in.
type Me struct {
	ID           string    `json:"id" format:"uuid"`
	Name         string    `json:"name"`
	Email        string    `json:"email"`
	Role         string    `json:"role" enum:"super_admin,company_admin,company_user"`
	Language     string    `json:"language" enum:"en,ms,zh"`
	Availability string    `json:"availability" enum:"online,offline"`
	Company      MyCompany `json:"company"`
	Claude       string    `json:"claude" enum:"live,simulated,off" doc:"What answers where no template does"`
}

// MyCompany is the company of the person who is signed in.
type MyCompany struct {
	ID        string   `json:"id" format:"uuid"`
	Name      string   `json:"name"`
	Timezone  string   `json:"timezone" example:"Asia/Kuala_Lumpur"`
	Currency  string   `json:"currency" example:"MYR"`
	Languages []string `json:"languages"`
}

type meOut struct{ Body Me }

type updateMeIn struct {
	Body struct {
		Language     string `json:"language,omitempty" enum:"en,ms,zh,bm" doc:"bm is ms"`
		Availability string `json:"availability,omitempty" enum:"online,offline"`
	}
}

func (s *Server) getMe(ctx context.Context, _ *struct{}) (*meOut, error) {
	me, err := s.me(ctx, callerOf(ctx))
	return &meOut{me}, err
}

func (s *Server) updateMe(ctx context.Context, in *updateMeIn) (*meOut, error) {
	c := callerOf(ctx)
	if in.Body.Language != "" {
		if err := s.Access.SetLanguage(ctx, c.Company, c.User, in.Body.Language); err != nil {
			return nil, err
		}
	}
	if in.Body.Availability != "" {
		if err := s.Access.SetAvailability(ctx, c.Company, c.User, in.Body.Availability); err != nil {
			return nil, err
		}
	}
	return s.getMe(ctx, nil)
}

func (s *Server) me(ctx context.Context, c access.Identity) (Me, error) {
	u, company, err := s.Access.Profile(ctx, c.Company, c.User)
	if err != nil {
		return Me{}, err
	}
	return Me{
		ID: u.ID.String(), Name: u.Name, Email: u.Email, Role: string(u.Role), Language: u.Language, Availability: u.Availability,
		Company: MyCompany{
			ID: company.ID.String(), Name: company.Name, Timezone: company.Timezone,
			Currency: company.Currency, Languages: company.Languages,
		},
		Claude: s.Claude,
	}, nil
}
