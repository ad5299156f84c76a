package access

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"sembang/internal/db"
	"sembang/internal/fault"
	"sembang/internal/id"
	"sembang/internal/secret"
)

// User is a person who may sign in.
type User struct {
	ID           id.User
	Name         string
	Email        string
	Role         Role
	Language     string
	Active       bool
	Availability string
}

// Company is what every user may know of their company.
type Company struct {
	ID        id.Company
	Name      string
	Timezone  string
	Currency  string
	Languages []string
}

// NewUser is a person to add. Language empty means English, Name empty the part
// of the address before the @.
type NewUser struct {
	Company  id.Company
	Name     string
	Email    string
	Role     Role
	Language string
	Password secret.String
}

// AddUser adds a person with a password. The address must be free in the whole
// installation: ErrEmailTaken otherwise, and nothing is stored.
func (a *Access) AddUser(ctx context.Context, n NewUser) (User, error) {
	u, err := n.check()
	if err != nil {
		return User{}, err
	}
	if err := a.gate.enter(ctx); err != nil {
		return User{}, err
	}
	hash := hashPassword(n.Password)
	a.gate.leave()
	err = a.db.InCompany(ctx, n.Company, func(tx *db.Tx) error {
		b := &pgx.Batch{}
		args := pgx.NamedArgs{
			"company": n.Company, "id": u.ID, "name": u.Name, "role": u.Role,
			"language": u.Language, "email": u.Email, "hash": hash,
		}
		b.Queue(`insert into app_user (company_id, id, name, role, language) values (@company, @id, @name, @role, @language)`, args)
		b.Queue(`select add_login(@email, @id, @hash)`, args)
		return tx.ExecAll(ctx, b)
	})
	switch {
	case db.IsUnique(err, "login_pkey"):
		return User{}, ErrEmailTaken
	case err != nil:
		return User{}, fmt.Errorf("add user: %w", err)
	}
	return u, nil
}

func (n NewUser) check() (User, error) {
	email, valid := normalizeEmail(n.Email)
	if !valid {
		return User{}, fault.New(fault.Invalid, "This is not an e-mail address we can use.")
	}
	language, err := normalizeLanguage(n.Language)
	if err != nil {
		return User{}, err
	}
	name := strings.TrimSpace(db.Text(n.Name, 200))
	if name == "" {
		name, _, _ = strings.Cut(email, "@")
	}
	switch {
	case !n.Role.valid():
		return User{}, fault.New(fault.Invalid, "The role must be super_admin, company_admin or company_user.")
	case (n.Role == SuperAdmin) != (n.Company == id.Platform):
		return User{}, fault.New(fault.Invalid, "A super admin belongs to the platform, every other role to a company.")
	}
	u := User{ID: id.User(id.New()), Name: name, Email: email, Role: n.Role, Language: language, Active: true, Availability: "online"}
	return u, checkPassword(n.Password, email)
}

func (r Role) valid() bool { return r == SuperAdmin || r == CompanyAdmin || r == CompanyUser }

// EnsureCompany returns the company of a name, and adds it when there is none.
// It is the operator's: the command line names companies.
func (a *Access) EnsureCompany(ctx context.Context, name string) (id.Company, error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > 200 || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		return id.Company{}, fault.New(fault.Invalid, "A company's name has 1 to 200 characters.")
	}
	var namesakes int
	if err := a.db.Platform().QueryRow(ctx, `select count(*) from companies_named($1)`, name).Scan(&namesakes); err != nil {
		return id.Company{}, fmt.Errorf("list companies: %w", err)
	}
	if namesakes > 1 {
		return id.Company{}, fault.New(fault.Conflict, "Several companies have this name.")
	}
	var company id.Company
	if err := a.db.Platform().QueryRow(ctx, `select ensure_company($1, $2)`, id.New(), name).Scan(&company); err != nil {
		return id.Company{}, fmt.Errorf("ensure company: %w", err)
	}
	return company, nil
}

const userColumns = `u.id, u.name, coalesce(l.email, '') as email, u.role, u.language, u.active, u.availability`

// maxUsers bounds a list of people; a company has tens.
const maxUsers = 1000

// Users returns the company's people by name, at most 1,000.
func (a *Access) Users(ctx context.Context, company id.Company) ([]User, error) {
	rows, err := a.db.For(company).Query(ctx, `
		select `+userColumns+`
		from app_user u left join company_logins() l on l.user_id = u.id
		where u.company_id = @company
		order by lower(u.name), u.id
		limit @limit`, pgx.NamedArgs{"company": company, "limit": maxUsers})
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[User])
}

// Profile returns a user and their company.
func (a *Access) Profile(ctx context.Context, company id.Company, user id.User) (User, Company, error) {
	u, c := User{}, Company{ID: company}
	err := a.db.For(company).QueryRow(ctx, `
		select `+userColumns+`, c.name, c.timezone, c.currency, c.languages
		from app_user u
		join company_self() c on c.id = u.company_id
		left join company_logins() l on l.user_id = u.id
		where u.company_id = @company and u.id = @user`, pgx.NamedArgs{"company": company, "user": user}).
		Scan(&u.ID, &u.Name, &u.Email, &u.Role, &u.Language, &u.Active, &u.Availability, &c.Name, &c.Timezone, &c.Currency, &c.Languages)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return User{}, Company{}, ErrUserNotFound
	case err != nil:
		return User{}, Company{}, fmt.Errorf("read profile: %w", err)
	}
	return u, c, nil
}

// SetLanguage sets the language a user reads the app in.
func (a *Access) SetLanguage(ctx context.Context, company id.Company, user id.User, language string) error {
	language, err := normalizeLanguage(language)
	if err != nil {
		return err
	}
	return a.update(ctx, company, user, `language = @value`, language)
}

// SetAvailability sets whether a user is given new conversations: online or offline.
func (a *Access) SetAvailability(ctx context.Context, company id.Company, user id.User, availability string) error {
	if availability != "online" && availability != "offline" {
		return fault.New(fault.Invalid, "Availability is online or offline.")
	}
	return a.update(ctx, company, user, `availability = @value`, availability)
}

func (a *Access) update(ctx context.Context, company id.Company, user id.User, set, value string) error {
	tag, err := a.db.For(company).Exec(ctx, `update app_user set `+set+` where company_id = @company and id = @user`,
		pgx.NamedArgs{"company": company, "user": user, "value": value})
	switch {
	case err != nil:
		return fmt.Errorf("update user: %w", err)
	case tag.RowsAffected() == 0:
		return ErrUserNotFound
	}
	return nil
}

// Deactivate keeps a user from signing in and ends their sessions, on every node
// within 5 seconds. What they wrote stays.
func (a *Access) Deactivate(ctx context.Context, company id.Company, user id.User) error {
	var ended []uuid.UUID
	err := a.db.InCompany(ctx, company, func(tx *db.Tx) error {
		args := pgx.NamedArgs{"company": company, "user": user, "at": a.now()}
		tag, err := tx.Exec(ctx, `update app_user set active = false where company_id = @company and id = @user`, args)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return ErrUserNotFound
		}
		rows, err := tx.Query(ctx, `
			update session set ended_at = @at, end_reason = 'deactivated'
			where company_id = @company and user_id = @user and ended_at is null
			returning id`, args)
		if err != nil {
			return err
		}
		ended, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	})
	if err != nil {
		return fmt.Errorf("deactivate user: %w", err)
	}
	a.sessions.drop(ended...)
	return nil
}

// normalizeEmail returns the form an address is stored and compared in. Only
// ASCII: other letters may lower to one of these, so that two people would share
// an address.
func normalizeEmail(text string) (string, bool) {
	text = strings.TrimSpace(text)
	email := strings.ToLower(text)
	if len(text) > 254 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return email, false
	}
	parsed, err := mail.ParseAddress(email)
	return email, err == nil && parsed.Address == email
}

func normalizeLanguage(text string) (string, error) {
	switch text {
	case "":
		return "en", nil
	case "bm":
		return "ms", nil
	case "en", "ms", "zh":
		return text, nil
	}
	return "", fault.New(fault.Invalid, "The language must be en, ms or zh.")
}
