package channel

import "context"

// Identity is whom a token belongs to, in the vendor's words.
type Identity struct {
	// ID is what Account.ID holds.
	ID string
	// Name is what the vendor shows to customers, such as a bot's username.
	Name string
}

// Identifier is a Provider that can say whom a token belongs to. It proves that
// a token works without writing to anybody.
type Identifier interface {
	// Identify makes one call; errors are *SendError.
	Identify(ctx context.Context, account Account) (Identity, error)
}

// Hook is where a vendor posts at the moment and how that goes.
type Hook struct {
	// Address is empty when the vendor posts nowhere.
	Address string
	// Pending counts what waits at the vendor.
	Pending int64
	// Failure is the vendor's last complaint about our answers; may be old.
	Failure string
}

// Registrar is a Provider whose vendor is told by a call where to post. With
// the others the owner enters the address on the vendor's page.
type Registrar interface {
	Identifier
	// Register makes the vendor post to address with the account's HookSecret.
	// It asks first and changes nothing when the vendor does so already.
	Register(ctx context.Context, account Account, address string) (changed bool, err error)
	// Hook asks where the vendor posts. Ours tells whether that is what
	// Register(address) would set.
	Hook(ctx context.Context, account Account) (Hook, error)
	// Ours tells whether a hook is what Register would set for address and the
	// account's HookSecret; false means that another service took it over.
	Ours(account Account, address string, hook Hook) bool
}
