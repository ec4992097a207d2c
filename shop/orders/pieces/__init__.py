"""Which pieces of an order went into which parcel, and which were given back."""
