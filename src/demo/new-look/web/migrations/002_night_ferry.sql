insert into products (name, origin, notes, cents, hue, badge) values
  ('Night Ferry', 'Sumatra, Indonesia', 'Dark cherry, cedar, clove', 1590, 168, 'new');
