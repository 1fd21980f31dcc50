"""The weights of the search for recipients, in one place; each says why it is there.

A reading's score is the sum over its pieces. A margin of about two between two readings is the worth of half a
recipient: below it the reader is not sure.
"""

# What one piece of text is worth as a recipient.
KNOWN = 4.0  # the directory has it in the dative: the strongest evidence that there is
KNOWN_NOMINATIVE = 1.0  # it has it, but the name may go on
PLAN = 3.0  # "A Planı": official distribution plans have no dative
BODY = 3.0  # a dative whose head noun is one of bodies or units
ALONE = 1.0  # "Genel Müdürlüğüne": a body of its own, or the second line of a name
DATIVE = 2.5  # another dative: a body of a kind that nobody listed, or a word that only looks like one
HEAD_NOUN = 0.4  # ends like a body, but not in the dative: printed in the nominative, or a part of a name
PERSON = 2.0  # "Sayın Ad SOYAD"
NO_BODY = -2.0  # neither: a part of a name, or no recipient at all
SENTENCE = -4.0  # more words than a name has, or the full stop of a sentence: the block has ended
BARE_HEAD = -3.0  # "Rektörlüğüne" alone is the second line of a wrapped name
OPEN_END = -2.0  # no name ends with "ve" or a comma
SMALL_START = -2.0  # no name begins with a small letter or "ve"
INNER_DATIVE = -3.5  # two bodies in one piece
INNER_NUMBER = -2.5  # a list's number inside: two entries in one piece
OPEN_PARENTHESIS = -2.5  # a unit that doesn't end
UNIT_ALONE = -4.0  # a unit in parentheses has a body
COLON_END = -1.0  # "Kaymakamlıklara:" goes on with its members

# How a unit suits its body.
UNIT_FITS = 1.0  # "İl … Müdürlüğü" of a governorship, "Ulaşım …" of a municipality
UNIT_UNFIT = -1.2  # a unit that this kind of body doesn't have
UNIT_OF_NONE = -0.6  # a body that is not addressed with a unit

# How pieces are made of lines.
JOIN = -0.4  # a name is on one line unless something shows that it goes on
JOIN_COMPLETE = -1.5  # a complete name that goes on is rare
JOIN_MARKED = -4.0  # a bullet or a number begins a new entry
UNMARKED = -3.0  # an entry without a mark in a list that marks its entries
CUT_AT_END = 0.0  # a cut behind a dative, a parenthesis or before a number
CUT_ANYWHERE = -1.2  # a cut inside a line with nothing that shows it
CUT_UNSHOWN = -0.5  # and no line of the block shows two whole bodies
CUT_KNOWN = -0.2  # the same, but what follows is a name of the directory
NUMBER_RUNS = 1.0  # the entry's number is the next of its column
NUMBER_BREAKS = -1.0  # it is not, while the column has numbers
NOMINATIVE_GOES_ON = -1.2  # among datives, a name without one goes on in the next line
SKIP = -2.2  # a line left out

# Which group a piece without a place belongs to; only where the layout doesn't say it.
LIKE_WORD = 0.3  # the last word of the piece above in the group
LIKE_WORDS = 0.9  # its last two words
OWN_UNIT_INFO = 0.35  # units of the issuer are usually for information ...
OWN_UNIT_ACTION = -0.1
CLASS_ACTION = 0.8  # ... and "81 İl Valiliğine" for action
LONE_SWITCH = -0.9  # single cells below two columns are the rest of the longer one
LONE_BETWEEN = -0.5  # a single new name between two full rows: rows begin on one line
LONE_RIGHT = -0.35  # a single cell without a place is more often of the left column
TWO_BODIES = -1.0  # a line with two bodies speaks against one list after the other
GAP = 2.5  # the only blank line of a list parts its groups
NUMBER_RESTARTS = 3.0  # so does a number that begins with one again
ORDER_BREAKS = 0.4  # alphabetical order that begins anew

LONE_RIGHT_OF_PLACED = -0.8  # a single cell at the left, where leading blanks are lost

MARGIN = 2.0  # below this distance of the second reading the groups are not sure
MARGIN_OF_JOIN = 0.8  # below it a line may be a name of its own or the rest of one
WIDTH = 8  # readings kept at each line
MOST_LINES = 5  # lines of one name
