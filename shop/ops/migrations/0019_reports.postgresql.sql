CREATE INDEX "order_cancelled_at" ON "order" ("cancelled_at") WHERE cancelled_at IS NOT NULL;

CREATE INDEX "refund_state_decided_at" ON "refund" ("state", "decided_at");

CREATE OR REPLACE FUNCTION report_order_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "report_mark" ("at") SELECT NEW."placed_at" WHERE NEW."placed_at" IS NOT NULL UNION ALL SELECT NEW."cancelled_at" WHERE NEW."cancelled_at" IS NOT NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "report_order_written" AFTER INSERT ON "order"
FOR EACH ROW WHEN (NEW."placed_at" IS NOT NULL) EXECUTE FUNCTION report_order_written();

CREATE OR REPLACE FUNCTION report_order_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "report_mark" ("at") SELECT OLD."placed_at" WHERE OLD."placed_at" IS NOT NULL UNION ALL SELECT OLD."cancelled_at" WHERE OLD."cancelled_at" IS NOT NULL UNION ALL SELECT "decided_at" FROM "refund" WHERE "order_id" = OLD."id" AND "decided_at" IS NOT NULL;
  INSERT INTO "report_mark" ("at") SELECT NEW."placed_at" WHERE NEW."placed_at" IS NOT NULL UNION ALL SELECT NEW."cancelled_at" WHERE NEW."cancelled_at" IS NOT NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "report_order_changed" AFTER UPDATE OF placed_at, cancelled_at, currency, subtotal_cents, discount_cents, delivery_cents, tax_cents, total_cents, quote, discount_code, delivery_code, delivery_name, tax_country, tax_region ON "order"
FOR EACH ROW WHEN (NEW."placed_at" IS NOT NULL OR OLD."placed_at" IS NOT NULL) EXECUTE FUNCTION report_order_changed();

CREATE OR REPLACE FUNCTION report_line_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "report_mark" ("at") SELECT "placed_at" FROM "order" WHERE "id" = NEW."order_id" AND "placed_at" IS NOT NULL UNION ALL SELECT "cancelled_at" FROM "order" WHERE "id" = NEW."order_id" AND "cancelled_at" IS NOT NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "report_line_written" AFTER INSERT ON "order_line"
FOR EACH ROW EXECUTE FUNCTION report_line_written();

CREATE OR REPLACE FUNCTION report_line_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "report_mark" ("at") SELECT "placed_at" FROM "order" WHERE "id" = NEW."order_id" AND "placed_at" IS NOT NULL UNION ALL SELECT "cancelled_at" FROM "order" WHERE "id" = NEW."order_id" AND "cancelled_at" IS NOT NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "report_line_changed" AFTER UPDATE ON "order_line"
FOR EACH ROW EXECUTE FUNCTION report_line_changed();

CREATE OR REPLACE FUNCTION report_line_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "report_mark" ("at") SELECT "placed_at" FROM "order" WHERE "id" = OLD."order_id" AND "placed_at" IS NOT NULL UNION ALL SELECT "cancelled_at" FROM "order" WHERE "id" = OLD."order_id" AND "cancelled_at" IS NOT NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "report_line_deleted" AFTER DELETE ON "order_line"
FOR EACH ROW EXECUTE FUNCTION report_line_deleted();

CREATE OR REPLACE FUNCTION report_refund_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "report_mark" ("at") SELECT NEW."decided_at" WHERE NEW."decided_at" IS NOT NULL UNION ALL SELECT "decided_at" FROM "refund" WHERE "order_id" = NEW."order_id" AND "decided_at" IS NOT NULL UNION ALL SELECT "cancelled_at" FROM "order" WHERE "id" = NEW."order_id" AND "cancelled_at" IS NOT NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "report_refund_written" AFTER INSERT ON "refund"
FOR EACH ROW EXECUTE FUNCTION report_refund_written();

CREATE OR REPLACE FUNCTION report_refund_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "report_mark" ("at") SELECT OLD."decided_at" WHERE OLD."decided_at" IS NOT NULL UNION ALL SELECT "decided_at" FROM "refund" WHERE "order_id" = OLD."order_id" AND "decided_at" IS NOT NULL UNION ALL SELECT "cancelled_at" FROM "order" WHERE "id" = OLD."order_id" AND "cancelled_at" IS NOT NULL;
  INSERT INTO "report_mark" ("at") SELECT NEW."decided_at" WHERE NEW."decided_at" IS NOT NULL UNION ALL SELECT "decided_at" FROM "refund" WHERE "order_id" = NEW."order_id" AND "decided_at" IS NOT NULL UNION ALL SELECT "cancelled_at" FROM "order" WHERE "id" = NEW."order_id" AND "cancelled_at" IS NOT NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "report_refund_changed" AFTER UPDATE OF state, amount_cents, decided_at, reason ON "refund"
FOR EACH ROW EXECUTE FUNCTION report_refund_changed();

CREATE OR REPLACE FUNCTION report_cart_begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "report_visit" ("kind", "at", "quantity") VALUES ('cart', NEW."created_at", 1);
  RETURN NULL;
END $$;

CREATE TRIGGER "report_cart_begun" AFTER INSERT ON "cart"
FOR EACH ROW EXECUTE FUNCTION report_cart_begun();

CREATE OR REPLACE FUNCTION report_checkout_begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "report_visit" ("kind", "at", "quantity") VALUES ('checkout', NEW."created_at", 1);
  RETURN NULL;
END $$;

CREATE TRIGGER "report_checkout_begun" AFTER INSERT ON "checkout_draft"
FOR EACH ROW EXECUTE FUNCTION report_checkout_begun();

INSERT INTO "report_mark" ("at") SELECT "placed_at" FROM "order" WHERE "placed_at" IS NOT NULL;

INSERT INTO "report_mark" ("at") SELECT "cancelled_at" FROM "order" WHERE "placed_at" IS NOT NULL AND "cancelled_at" IS NOT NULL;

INSERT INTO "report_mark" ("at") SELECT "decided_at" FROM "refund" WHERE "decided_at" IS NOT NULL;

INSERT INTO "report_visit" ("kind", "at", "quantity") SELECT 'cart', "created_at", 1 FROM "cart";

INSERT INTO "report_visit" ("kind", "at", "quantity") SELECT 'checkout', "created_at", 1 FROM "checkout_draft";
