"""Other ways of answering, for adapters: a style rewrites a template answer, and never what it says.

Each takes (task, answer) and gives the new answer. English templates only; other answers stay as they are.
"""
import re


def terse(task, answer):
    """Keywords instead of sentences: for scripts, and for machines on which every token costs.
    'Airplanes: <p0><p1>.' -> '<p0><p1>'; 'There are no cars. The image shows a beach.' -> 'None.';
    '1 <p0> 2 <p1> - 2 cars.' -> '1 <p0> 2 <p1> - 2'; 'Yes, there are cars: <p3>.' -> 'Yes.';
    'This is a beach. There is sand and sea.' -> 'Scene: beach; sand, sea.'
    Scene and class names keep the space before them: with it they are the tokens that the base model knows."""
    if not answer.isascii():
        return answer
    if task in ('find', 'segment'):
        return 'None.' if answer.startswith('There are no') else ''.join(re.findall(r'<p\d+>', answer)) or answer
    if task in ('count', 'trees'):
        return '0' if answer.startswith('There are no') else re.sub(r'^(About \d+|.* - \d+) .*$', r'\1', answer)
    if task == 'present':
        return answer.split(',')[0] + '.' if answer.startswith(('Yes,', 'No,')) else answer
    if task in ('classify', 'options', 'describe'):
        first, *rest = answer.rstrip('.').split('. ')
        shown = [re.sub(r'^(It shows|There is|There are) ', '', part) for part in rest]
        return '; '.join([re.sub(r'^This is (an? )?', 'Scene: ', first)] + [listed(part) for part in shown]) + '.'
    if task == 'which':
        return 'Seen: ' + listed(answer[6:]) if answer.startswith('I see ') else 'None.'
    return answer


def listed(words):
    """'sand, sea and trees' -> 'sand, sea, trees'"""
    return re.sub(r',? and ', ', ', words)


STYLES = {'terse': terse}
