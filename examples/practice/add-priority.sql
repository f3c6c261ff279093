alter table orders add column priority text not null default 'normal';
update orders set priority = 'high' where cents >= 20000;
create index orders_by_priority on orders (priority);
