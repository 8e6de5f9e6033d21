create table products (
  id     integer generated always as identity primary key,
  name   text not null,
  origin text not null,
  notes  text not null,
  cents  integer not null check (cents > 0),
  hue    integer not null,
  badge  text not null default ''
);

create table orders (
  id         integer generated always as identity primary key,
  product_id integer not null references products,
  ordered_at timestamptz not null default now()
);

insert into products (name, origin, notes, cents, hue, badge) values
  ('Quay No. 3',     'Huila, Colombia',     'Red apple, panela, cocoa nib',      1450,  14, ''),
  ('Lantern',        'Yirgacheffe, Ethiopia', 'Bergamot, apricot, jasmine',       1690,  38, 'filter'),
  ('Low Tide',       'Cerrado, Brazil',     'Hazelnut, milk chocolate, malt',    1290, 196, 'espresso'),
  ('Fog Bell Decaf', 'Chiapas, Mexico',     'Brown sugar, walnut, orange peel',  1390, 262, 'decaf'),
  ('Hill Farm',      'Nyeri, Kenya',        'Blackcurrant, grapefruit, tomato',  1820, 344, ''),
  ('Switchback',     'Antigua, Guatemala',  'Toffee, plum, almond',              1510, 112, '');
