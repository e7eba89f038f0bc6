-- The code lists by which plans are classified. A change of a list is a further file here, which adds codes with the
-- next version and the date from which they are valid, and ends others; what was classified before keeps its codes.

CREATE TABLE codes (
  list TEXT NOT NULL,
  position INTEGER NOT NULL,
  code TEXT NOT NULL,
  label TEXT NOT NULL,
  parent TEXT NOT NULL,
  version INTEGER NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT NOT NULL,  -- the last day
  PRIMARY KEY (list, position),
  UNIQUE (list, code)
) STRICT, WITHOUT ROWID;

INSERT INTO codes (list, position, code, label, parent, version, valid_from, valid_to)
SELECT column1, column2, column3, column4, column5, 1, '2020-06-01', '9999-12-31' FROM (VALUES
  ('PROGRAMMES', 1, 'ANCHOR_INSTITUTIONS', 'Anchor institutions', ''),
  ('PROGRAMMES', 2, 'VCSE_LEADERSHIP', 'VCSE leadership', ''),
  ('PROGRAMMES', 3, 'OBESITY_PATHWAY', 'An effective treatment pathway for obesity', ''),
  ('PROGRAMMES', 4, 'COVID_19_LEARNING', 'System learning from Covid-19', ''),

  ('PLACES', 1, 'IPSWICH_AND_EAST_SUFFOLK', 'Ipswich and East Suffolk', ''),
  ('PLACES', 2, 'WEST_SUFFOLK', 'West Suffolk', ''),
  ('PLACES', 3, 'NORTH_EAST_ESSEX', 'North East Essex', ''),

  ('FOUR_AS', 1, 'AWARENESS', 'Awareness of our own privilege and biases, and of the disadvantages others experience', ''),
  ('FOUR_AS', 2, 'ASSESSMENT', 'Assessment of the impact of what we do on health inequalities', ''),
  ('FOUR_AS', 3, 'ALLYSHIP', 'Allyship, with co-production, to find the right solutions together', ''),
  ('FOUR_AS', 4, 'ACCOUNTABILITY', 'Accountability: legal and moral duties towards all communities', ''),

  ('METHOD_ELEMENTS', 1, 'WHOLE_POPULATION_OUTCOMES', 'Whole-population outcomes', ''),
  ('METHOD_ELEMENTS', 2, 'RECOGNISING_PRIVILEGE', 'Recognising privilege and how inequality arises', ''),
  ('METHOD_ELEMENTS', 3, 'ENGAGING_AS_A_NOVICE', 'Engaging with inequalities as a novice', ''),
  ('METHOD_ELEMENTS', 4, 'ALLYSHIP', 'Allyship in health and care', ''),
  ('METHOD_ELEMENTS', 5, 'FRONTLINE_ACCOUNTABILITY', 'Accountability in frontline practice', ''),
  ('METHOD_ELEMENTS', 6, 'COLLABORATION', 'Collaboration, co-production and trusted relationships', ''),

  ('DIMENSIONS', 1, 'SOCIO_ECONOMIC', 'Socio-economic position and deprivation', ''),
  ('DIMENSIONS', 2, 'PROTECTED_CHARACTERISTICS', 'Protected characteristics (Equality Act 2010)', ''),
  ('DIMENSIONS', 3, 'AGE', 'Age', 'PROTECTED_CHARACTERISTICS'),
  ('DIMENSIONS', 4, 'DISABILITY', 'Disability', 'PROTECTED_CHARACTERISTICS'),
  ('DIMENSIONS', 5, 'GENDER_REASSIGNMENT', 'Gender reassignment', 'PROTECTED_CHARACTERISTICS'),
  ('DIMENSIONS', 6, 'MARRIAGE_AND_CIVIL_PARTNERSHIP', 'Marriage and civil partnership', 'PROTECTED_CHARACTERISTICS'),
  ('DIMENSIONS', 7, 'PREGNANCY_AND_MATERNITY', 'Pregnancy and maternity', 'PROTECTED_CHARACTERISTICS'),
  ('DIMENSIONS', 8, 'RACE', 'Race', 'PROTECTED_CHARACTERISTICS'),
  ('DIMENSIONS', 9, 'RELIGION_OR_BELIEF', 'Religion or belief', 'PROTECTED_CHARACTERISTICS'),
  ('DIMENSIONS', 10, 'SEX', 'Sex', 'PROTECTED_CHARACTERISTICS'),
  ('DIMENSIONS', 11, 'SEXUAL_ORIENTATION', 'Sexual orientation', 'PROTECTED_CHARACTERISTICS'),
  ('DIMENSIONS', 12, 'INCLUSION_HEALTH', 'Inclusion health and vulnerable groups', ''),
  ('DIMENSIONS', 13, 'HOMELESSNESS', 'Homelessness', 'INCLUSION_HEALTH'),
  ('DIMENSIONS', 14, 'DRUG_AND_ALCOHOL_DEPENDENCE', 'Drug and alcohol dependence', 'INCLUSION_HEALTH'),
  ('DIMENSIONS', 15, 'VULNERABLE_MIGRANTS', 'Vulnerable migrants', 'INCLUSION_HEALTH'),
  ('DIMENSIONS', 16, 'GYPSY_ROMA_AND_TRAVELLER', 'Gypsy, Roma and Traveller communities', 'INCLUSION_HEALTH'),
  ('DIMENSIONS', 17, 'SEX_WORK', 'Sex work', 'INCLUSION_HEALTH'),
  ('DIMENSIONS', 18, 'JUSTICE_CONTACT', 'Contact with the justice system', 'INCLUSION_HEALTH'),
  ('DIMENSIONS', 19, 'MODERN_SLAVERY', 'Victims of modern slavery', 'INCLUSION_HEALTH'),
  ('DIMENSIONS', 20, 'OTHER_INCLUSION_HEALTH', 'Another group', 'INCLUSION_HEALTH'),
  ('DIMENSIONS', 21, 'GEOGRAPHY', 'Geography: where people live', ''),

  ('DETERMINANTS', 1, 'CORE', 'Age, sex and hereditary factors', ''),
  ('DETERMINANTS', 2, 'LIFESTYLE', 'Individual lifestyle', ''),
  ('DETERMINANTS', 3, 'SOCIAL_NETWORKS', 'Social and community networks', ''),
  ('DETERMINANTS', 4, 'LIVING_AND_WORKING_CONDITIONS', 'Living and working conditions', ''),
  ('DETERMINANTS', 5, 'FOOD', 'Agriculture and food', 'LIVING_AND_WORKING_CONDITIONS'),
  ('DETERMINANTS', 6, 'EDUCATION', 'Education', 'LIVING_AND_WORKING_CONDITIONS'),
  ('DETERMINANTS', 7, 'WORK_ENVIRONMENT', 'Work environment', 'LIVING_AND_WORKING_CONDITIONS'),
  ('DETERMINANTS', 8, 'EMPLOYMENT', 'Employment and unemployment', 'LIVING_AND_WORKING_CONDITIONS'),
  ('DETERMINANTS', 9, 'WATER_AND_SANITATION', 'Water and sanitation', 'LIVING_AND_WORKING_CONDITIONS'),
  ('DETERMINANTS', 10, 'HEALTH_CARE', 'Health-care services', 'LIVING_AND_WORKING_CONDITIONS'),
  ('DETERMINANTS', 11, 'HOUSING', 'Housing', 'LIVING_AND_WORKING_CONDITIONS'),
  ('DETERMINANTS', 12, 'GENERAL_CONDITIONS', 'General socio-economic, cultural and environmental conditions', '')
);
