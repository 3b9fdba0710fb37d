"""English: questions in many phrasings, and the wording of answers. phrases_zh.py has the same names in Chinese.

In templates {s} is a singular, {p} a plural, {a} a singular with its article, {o} a list of options.
"""
from ..core.names import CLASSES, DEFECTS, PRESENCE, SCENES

# Other words people use for a class of BOXES: (singular, plural).
SYNONYMS = {
    0: [('airplane', 'airplanes'), ('plane', 'planes'), ('aircraft', 'aircraft'), ('aeroplane', 'aeroplanes'), ('jet', 'jets')],
    1: [('storage tank', 'storage tanks'), ('tank', 'tanks'), ('oil tank', 'oil tanks')],
    2: [('tennis court', 'tennis courts'), ('court', 'courts')],
    3: [('baseball diamond', 'baseball diamonds'), ('baseball field', 'baseball fields'), ('ball field', 'ball fields')],
    4: [('building', 'buildings'), ('house', 'houses'), ('roof', 'roofs')],
    5: [('car', 'cars'), ('vehicle', 'vehicles'), ('automobile', 'automobiles')],
    # The detector's alone: the language model never learned of them.
    6: [('truck', 'trucks'), ('lorry', 'lorries'), ('bus', 'buses')],
    7: [('ship', 'ships'), ('boat', 'boats'), ('vessel', 'vessels')],
    8: [('dock', 'docks'), ('pier', 'piers'), ('jetty', 'jetties')],
    9: [('tree crown', 'tree crowns')],
    10: [('swimming pool', 'swimming pools'), ('pool', 'pools')],
    11: [('solar panel', 'solar panels'), ('solar array', 'solar arrays'), ('photovoltaic panel', 'photovoltaic panels')],
}

UNKNOWN = ['swimming pools', 'bridges', 'stadiums', 'wind turbines', 'helicopters', 'trains', 'solar panels', 'cranes', 'ships', 'boats', 'docks', 'trees', 'people', 'animals',
           'roads', 'trucks', 'buses', 'roundabouts', 'fountains', 'containers', 'churches', 'schools', 'greenhouses', 'rivers', 'lakes', 'cows', 'tents', 'silos', 'chimneys', 'flags',
           'elephants', 'submarines', 'statues', 'soccer fields', 'basketball courts', 'mobile homes', 'pylons', 'mines', 'quarries', 'volcanoes', 'dogs', 'windows', 'doors', 'runways']
UNKNOWN_ANSWER = 'I can not box that. I can find airplanes, storage tanks, tennis courts, baseball diamonds, buildings and cars.'

FIND = ['Find all {p}.', 'Find {p}.', 'Find the {p}.', 'Locate all {p}.', 'Locate the {p}.', 'Where are the {p}?', 'Show me the {p}.', 'Detect {p}.', 'Detect all {p}.',
        'Mark every {s}.', 'Point out all {p} in this image.', 'Where is the {s}?', 'Box every {s}.', 'Give the boxes of all {p}.', 'find {p}', '{p}', 'Highlight {p}.',
        'Can you find the {p}?', 'Are there {p}, and where?', 'List all {p} with their positions.', 'Draw boxes around the {p}.']
SEGMENT = ['Segment all {p}.', 'Segment the {p}.', 'Segment {p}.', 'Outline every {s}.', 'Give masks for all {p}.', 'Trace the {p}.', 'Mask every {s}.', 'Delineate the {p}.', 'segment {p}',
           'Extract the outlines of the {p}.']
COUNT = ['How many {p} are there?', 'How many {p} are in this image?', 'Count the {p}.', 'Count all {p}.', 'What is the number of {p}?', 'How many {p} can you see?',
         'Number of {p}?', 'count {p}', 'How many {p}?', 'Please count the {p} in the picture.', 'Tell me how many {p} there are.']
PRESENT = ['Is there {a} in this image?', 'Is there {a} here?', 'Are there any {p} in this image?', 'Are there {p} in this image?', 'Do you see {a}?', 'Can you see {p}?',
           'Does this image show {a}?', 'Does the picture contain {p}?', 'Any {p} here?', 'is there {a}?', 'Is {a} visible?', 'Are {p} present?', 'Do you see any {p}?']
MASS = ['Is there {p} in this image?', 'Is there any {p} here?', 'Do you see {p}?', 'Can you see any {p}?', 'Does this image show {p}?', 'Does the picture contain {p}?',
        'Is {p} present?', 'is there {p}?', 'Any {p} here?', 'Are there {p} in this image?']
DESCRIBE = ['Describe this image.', 'Describe the image.', 'What do you see?', 'What is in this image?', 'Give a short description.', 'Caption this image.', 'Tell me about this image.',
            'What does this picture show?', 'Describe this scene in one sentence.', 'describe', 'Summarise what is visible.', 'What can be seen here?', 'Write a caption.', 'Please describe the picture.']
CLASSIFY = ['What kind of scene is this?', 'What type of scene is this?', 'Classify this image.', 'Which scene class fits?', 'What is this place?', 'Classify the scene.', 'What sort of area is this?',
            'Which land use is shown?', 'What land use is this?', 'Name the scene.', 'classify', 'What is the scene category?', 'What kind of place is shown?', 'Scene class?']
OPTIONS = ['Which of these fits best: {o}?', 'Is this {o}?', 'Choose one: {o}.', 'Which is it: {o}?', 'Pick the right scene: {o}.', 'Is the scene {o}?', 'Select from: {o}.']
WHICH = ['Which classes are in this image?', 'Which classes are present?', 'What objects are in this image?', 'List the classes you see.', 'What is present in this image?', 'Name everything in the image.',
         'Which labels apply?', 'What land cover and objects are visible?', 'which classes', 'List what is in the picture.']
IDENTIFY = ['What is at <region>?', 'What is in <region>?', 'Identify <region>.', 'What is this: <region>?', 'Which object is at <region>?', 'Name the object in <region>.', 'What do you see at <region>?',
            'What is inside <region>?', 'What object is <region>?']
TALK = [
    (['What can you do?', 'Help', 'help', 'What can I ask?', 'How can you help me?', 'What are you able to do?'],
     'I can describe an aerial image, name its scene, say whether something is there, count, find and segment airplanes, storage tanks, tennis courts, baseball diamonds, buildings and cars, and identify a region that you draw.'),
    (['Who are you?', 'What are you?', 'Which model is this?', 'What is your name?', 'Introduce yourself.'],
     'I am Nadir S, a small vision-language model for aerial images that runs on your own machine.'),
    (['Hello', 'Hi', 'Hello there', 'Good morning', 'Hey', 'hi'], 'Hello. Ask me about the image, for example: How many airplanes are there?'),
    (['Thank you', 'Thanks', 'Thank you very much', 'thanks', 'Great, thanks!'], 'You are welcome.'),
    (['Do you send my images anywhere?', 'Is my data private?', 'Where is the image processed?', 'Does anything leave my computer?'],
     'No. Everything is computed on your own machine.'),
    (['Which objects can you find?', 'What objects do you know?', 'Which classes do you know?', 'What can you detect?'],
     'I can find airplanes, storage tanks, tennis courts, baseball diamonds, buildings and cars.'),
    (['What is the weather tomorrow?', 'Tell me a joke.', 'Who won the match?', 'Write a poem.', 'What is the capital of France?', 'What time is it?'],
     'I can only answer questions about the aerial image.'),
]
QUALITY = ['What is wrong with this image?', 'Is anything wrong with this image?', 'Check the image quality.', 'What defects does this image have?', 'How is the image quality?',
           'Does this image have any defects?', 'Is the quality of this image good?', 'Which quality problems are there?', 'quality', 'Inspect the quality.', 'Is this image usable?']
CHANGE = ['What changed between the two images?', 'What changed?', 'Has anything changed?', 'What is different?', 'Find all changes.', 'Did anything change between the images?',
          'Compare the two images.', 'Where are the changes?', 'Is something new?', 'Show the changes.', 'Which places changed?', 'changes', 'Did something change here?']


def article(noun):
    return ('an ' if noun[0] in 'aeiou' else 'a ') + noun


def join(words, last='and'):
    words = list(words)
    return words[0] if len(words) == 1 else ', '.join(words[:-1]) + f' {last} ' + words[-1]


def options(names):
    return join(names, 'or')


def scene(index):
    name = SCENES[index][1]
    return name if name in ('agricultural land', 'commercial buildings', 'chaparral', 'forest') else article(name)


def class_words(rng, cls):
    """Singular and plural as a user may say them."""
    return SYNONYMS[cls][0 if rng.random() < 0.65 else rng.integers(len(SYNONYMS[cls]))]


def fill(template, singular, plural, label=None):
    return template.format(s=singular, p=plural, a=singular if singular.startswith(('a ', 'an ')) else article(singular))


def class_name(cls):
    return CLASSES[cls][0], CLASSES[cls][1]


def presence_words(index):
    """(question's singular with article, plural or mass word, is it a mass word)."""
    _, one, many = PRESENCE[index]
    return one, many, one == many


def presence_name(index):
    return PRESENCE[index][2]


def defect_name(index):
    return DEFECTS[index][0]


def is_scene(phrase):
    return f'This is {phrase}.'


def shows(names_or_scene):
    return f'The image shows {names_or_scene}.'


NOTHING_ELSE = 'The image shows other things.'
NO_SCENE = 'This is an aerial image.'
NONE_KNOWN = 'None of the classes that I know.'
NO_OBJECT = 'There is none of the objects that I know.'
FLAWLESS = 'Nothing is wrong with this image.'
UNCHANGED = 'Nothing changed.'


def none(plural, mass=False):
    return f'There is no {plural}.' if mass else f'There are no {plural}.'


def found(plural, pointers):
    return f'{plural.capitalize()}: {pointers}.'


def counted(ids, singular, plural, cls=None):
    listed = ' '.join(f'{n} <p{i}>' for n, i in enumerate(ids, 1))
    return f'{listed} - {len(ids)} {singular if len(ids) == 1 else plural}.'


def about(number, singular, plural):
    if number == 0:
        return f'There are no {plural}.'
    return f'About {number} {singular if number == 1 else plural}.'


def listing(parts):
    return 'It shows ' + join(parts) + '.'


def listed(plural, pointers):
    return f'{plural}: {pointers}'


def many(plural):
    return f'many {plural}'


def rest(names):
    return 'There ' + ('are ' if names[0].endswith('s') and names[0] != 'grass' else 'is ') + join(names) + '.'


def yes(plural, mass, pointers=''):
    return f'Yes, there {"is" if mass else "are"} {plural}' + (f': {pointers}.' if pointers else '.')


def no(plural, mass):
    return f'No, there {"is" if mass else "are"} no {plural}.'


def i_see(names):
    return f'I see {join(names)}.'


def identified(cls):
    return f'This is {article(CLASSES[cls][0])}.'


def flawed(names):
    return f'The image has {join(names)}.'


def changed(pointers):
    return f'Something changed: {pointers}.' if pointers else 'Something changed.'


def sentences(parts):
    return ' '.join(parts)
