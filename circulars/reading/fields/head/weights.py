"""The weights of the head's tags and of their order, in one place; each says why it is there.

The body ends a path at zero: a segment is taken into the head only while that pays.
"""

# What a segment is worth under a tag.
STATE = 4.0  # "T.C." is printed nowhere else
LABEL = 5.0  # a label with its colon says what follows
LABEL_EMPTY = -3.0  # but not if nothing follows it
NUMBER_SHAPE = 3.5  # a number of today's shape needs no label
NUMBER_PLAIN = 0.6  # digits alone above a date: a register number at most
DATE_ALONE = 3.0  # nothing but a date, with a place or a weekday at most
MARK = 4.0  # ACELE, HİZMETE ÖZEL stand alone in capitals
CIRCULAR = 3.5  # GENELGE with or without its number
CIRCULAR_NUMBER = 3.0  # a number below it
CIRCULAR_BELOW = 1.5  # all the more if the heading has none
CIRCULAR_UNHEADED = -3.0  # a bare number without a heading above is none
PLACE = 1.5  # a province or District/PROVINCE
ISSUER_CAPITALS = 1.6  # letterheads are in capitals ...
ISSUER_BODY = 1.2  # ... and name a body
ISSUER_UNIT = 1.4  # or, below it, a unit in title case
ISSUER_DATIVE = -4.0  # a letterhead has no case ending
ISSUER_DIGIT = -2.0  # nor numbers, other than "1. Bölge"
ISSUER_SECOND_LANGUAGE = -5.0  # the same in English
ISSUER_LONG = -3.0  # nor sentences
ISSUER_PLACE = -2.0  # a place below a letterhead is no part of it
ISSUER_AFTER_BLANK = -0.3  # its lines stand together
ADDRESSEE_DOTTED = 3.0  # a body above a line of dots, to be filled in by hand
ADDRESSEE_TO_LIST = 5.0  # DAĞITIM YERLERİNE
ADDRESSEE_CAPITALS = 4.0  # capitals in the dative
ADDRESSEE_TITLE = 2.0  # title case in the dative, alone on its line
ADDRESSEE_PERSON = 3.0  # Sayın Ad SOYAD
ADDRESSEE_WRAPPED = 3.0  # capitals whose next line ends in the dative
ADDRESSEE_NOMINATIVE = 0.5  # capitals that name a body, below the subject
UNIT = 3.0  # "(…)" below an addressee
SUBJECT_GOES_ON = 1.4  # below the subject, in the column of its value
SUBJECT_OPEN = 2.4  # the line above ends with "ve", a comma or an open parenthesis
SUBJECT_SMALL = 1.6  # it begins with a small letter
SUBJECT_ABOUT = 2.0  # it ends with "Hk." or "hakkında"
SUBJECT_AFTER_BLANK = -1.4  # a blank line ends most subjects
SUBJECT_ELSEWHERE = -1.6  # it begins far from the column of the value
SUBJECT_SENTENCE = -2.5  # a sentence of the text
REMARK = 0.3  # DOSYA, "* * *"
NOISE = -0.4  # words of a web page, anything else
NOISE_CHROME = 0.0  # what is printed on web pages only
NOISE_AFTER_NUMBER = -1.5  # below the number there is little noise
TEXT = -6.0  # a line of the text is no part of a head

# The order of the regulation (Y 10 to Y 16); an order that was seen otherwise costs nothing.
BACKWARDS = -2.5
REPEATED = -6.0  # a second number, subject, letterhead belongs to another letter
ISSUER_LATE = -4.0  # a letterhead below the number
ADDRESSEE_EARLY = -2.0  # an addressee above number and subject
STATE_AFTER_ISSUER = 0.0  # a page's title stands above the letterhead

WIDTH = 10  # paths kept at each segment
MARGIN = 1.0  # below this distance of a path with another value a field is not sure
MOST_LINES = 70
