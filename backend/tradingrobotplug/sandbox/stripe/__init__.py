"""A Stripe account in test mode, spoken to by Stripe's own SDK. All of it is kept in memory."""
