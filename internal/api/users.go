package api

import "context"

// User is a person of the company, as colleagues see them.
type User struct {
	ID           string `json:"id" format:"uuid"`
	Name         string `json:"name"`
	Email        string `json:"email"`
	Role         string `json:"role" enum:"super_admin,company_admin,company_user"`
	Active       bool   `json:"active"`
	Availability string `json:"availability" enum:"online,offline"`
}

type usersOut struct {
	Body struct {
		Items []User `json:"items"`
	}
}

func (s *Server) listUsers(ctx context.Context, _ *struct{}) (*usersOut, error) {
	list, err := s.Access.Users(ctx, callerOf(ctx).Company)
	if err != nil {
		return nil, err
	}
	out := &usersOut{}
	out.Body.Items = make([]User, 0, len(list))
	for _, u := range list {
		out.Body.Items = append(out.Body.Items, User{
			ID: u.ID.String(), Name: u.Name, Email: u.Email, Role: string(u.Role), Active: u.Active, Availability: u.Availability,
		})
	}
	return out, nil
}
