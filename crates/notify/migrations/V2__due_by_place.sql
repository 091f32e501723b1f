-- What is due is looked for place by place: one that is slow, and has much waiting, is not read through for the others.
DROP INDEX deliveries_due;

CREATE INDEX deliveries_due ON deliveries (destination, target, next_try_at, position) WHERE state = 'queued';
