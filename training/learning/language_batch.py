"""From cached features to a batch of the language stage: questions drawn, rows put together, the loss of the answers."""
import numpy as np
import torch
import torch.nn.functional as F

from ..core.config import CONFIG
from ..core.names import DENSITY_STEPS, PRESENCE
from ..language.questions import identify, sample
from ..language.tokenizer import prompt_text, token_id, tokenizer
from ..model.precision import autocast
from .language_features import EVIDENCE

POINTER_WEIGHT = 2.0  # a wrong pointer is a wrong box; a wrong word is often only another wording
FIRST_WEIGHT = 4.0  # an answer's first word is often its decision: Yes, No, Nothing
HIDDEN = 0.5  # how often patches, the whole image's row and a proposal's features are hidden while training
TEXT_ONLY = 0.015
NOTHING_SEEN = dict(geometry=())
FOCUS = {}  # {task: share of the questions that are always of this task} (--focus); the rest are drawn by weight


def make_example(rng, item):
    """(item, question, answer, region or None, task)"""
    while True:
        if item.get('regions') and rng.random() < 0.12:
            region, label = item['regions'][rng.integers(len(item['regions']))]
            _, question, answer = identify(rng, label)
            return item, question, answer, region, 'identify'
        if rng.random() < TEXT_ONLY:  # so that questions without an image are still answered
            task, question, answer = sample(rng, None, 'talk')
            return NOTHING_SEEN, question, answer, None, task
        task = focused(rng.random())
        if task == 'trees' and rng.random() < 0.6:
            item = recounted(rng, item)
        if task == 'present' and rng.random() < 0.8 or task in ('which', 'describe') and rng.random() < 0.5:
            item = recast(rng, item)
        made = sample(rng, item['record'], task)
        if made:
            return item, made[1], made[2], None, made[0]


def recounted(rng, item):
    """The item with another number of trees, each step equally likely. High numbers are rare on tiles, and the model has to learn
    to read the density row, whatever it says."""
    if item.get('record', {}).get('trees') is None or 'count' not in item:
        return item
    step = int(rng.integers(len(DENSITY_STEPS)))
    return dict(item, count=torch.full_like(item['count'], DENSITY_STEPS[step]), record=dict(item['record'], trees=DENSITY_STEPS[step]))


def recast(rng, item):
    """The item with every presence label decided at random, and the one that is asked for by a fair coin. Otherwise "no" would nearly
    always be right for a rare label, and of labels that occur together one row would be read for another."""
    if 'presence' not in item or not item.get('record', {}).get('present'):
        return item
    yes = rng.random(len(PRESENCE)) < rng.uniform(0.1, 0.7)
    asked = int(rng.integers(len(PRESENCE)))
    yes[asked] = rng.random() < 0.5
    logits = rng.uniform(0.2, 5, len(PRESENCE)) * np.where(yes, 1, -1)
    present = {name: bool(yes[k]) for k, (name, _, _) in enumerate(PRESENCE)}
    return dict(item, presence=torch.from_numpy(logits).float(), record=dict(item['record'], asked=PRESENCE[asked][0], present=present))


def focused(u):
    """Task that a draw u of 0..1 falls on, or None."""
    for task, share in FOCUS.items():
        if u < share:
            return task
        u -= share
    return None


def visual_rows(model, examples):
    """The rows in place of <image> in each example, without proposals: the rows of one image (model.visual), or of two
    (pipeline.see_change). While training, patches and the whole image's row are often hidden: otherwise the language model
    memorises a few thousand tiles instead of reading the evidence, which is all it has for new ones."""
    single = [e[0] for e in examples if 'tokens' in e[0]]
    double = [e[0] for e in examples if 'before' in e[0]]
    seen = single + [d['before'] for d in double] + [d['after'] for d in double]
    if not seen:
        return [None] * len(examples)
    device = model.llm.embed.weight.device
    evidence = model.connector.evidence_rows({k: torch.stack([s[k] for s in seen]).to(device) for k in EVIDENCE}).float()
    patches = model.connector.patch_rows(torch.stack([s['tokens'].float() for s in single]).to(device)) if single else None
    if model.training:
        hidden = (torch.rand(len(seen), device=device) < HIDDEN).float()[:, None]
        evidence = torch.cat([evidence[:, :1] * (1 - hidden[..., None]), evidence[:, 1:]], 1)
        if single:
            patches = patches * (1 - (torch.rand(len(single), device=device) < HIDDEN).float()[:, None, None])
    rows = {id(s): torch.cat([patches[i], evidence[i]]) for i, s in enumerate(single)}
    n, m = len(single), len(double)
    for i, d in enumerate(double):
        row = model.change.row(torch.cat([d['seen'], torch.sigmoid(d['changed']), (d['changed'] > 0).float()]).to(device))
        rows[id(d)] = torch.cat([evidence[n + i], evidence[n + m + i], row[None].float()])
    return [rows.get(id(e[0])) for e in examples]


def proposal_rows(model, examples):
    """Rows of each example's proposals [K,H], and of its region [1,H] or None."""
    out = [[None, None] for _ in examples]
    for net, kinds in ((model.proposals, lambda item: 'tokens' in item), (model.change_proposals, lambda item: 'before' in item)):
        at = [i for i, e in enumerate(examples) if kinds(e[0])]
        geometry, scores, features = [], [], []
        for i in at:
            item, region = examples[i][0], examples[i][3]
            for store, key, extra in ((geometry, 'geometry', 0), (scores, 'scores', 1), (features, 'features', 2)):
                store.append(item[key].float())
                if region is not None:
                    store.append(torch.from_numpy(np.asarray(region[extra], np.float32)))
        if not at:
            continue
        geometry, scores, features = (torch.cat(column).to(net.fc1.weight.device) for column in (geometry, scores, features))
        if model.training:
            features = features * (torch.rand(len(features), 1, device=features.device) > HIDDEN).float()
        rows = net(geometry, scores, features).float()
        start = 0
        for i in at:
            k = len(examples[i][0]['geometry'])
            out[i][0] = rows[start:start + k]
            start += k
            if examples[i][3] is not None:
                out[i][1] = rows[start:start + 1]
                start += 1
    return out


def assemble(model, examples):
    """Embeds a batch: (embeds [B,T,H], labels [B,T] -100 where no token is predicted)."""
    tok = tokenizer()
    image_id, region_id, p0 = token_id('<image>'), token_id('<region>'), token_id('<p0>')
    visual, rows = visual_rows(model, examples), proposal_rows(model, examples)
    pieces, labels = [], []
    table, device = model.llm.embed, model.llm.embed.weight.device
    for b, (item, question, answer, region, _) in enumerate(examples):
        prompt = tok.encode(prompt_text(question, visual[b] is not None)).ids
        reply = tok.encode(answer + '<|im_end|>').ids
        seq = table(torch.tensor(prompt + reply, device=device))
        if visual[b] is not None:
            where = prompt.index(image_id)
            mine, drawn = rows[b]
            rest = seq[where + 1:]
            if region is not None:
                r = prompt.index(region_id) - where - 1
                rest = torch.cat([rest[:r], drawn + rest[r:r + 1], rest[r + 1:]])
            seq = torch.cat([seq[:where], visual[b], mine + table.weight[p0:p0 + len(mine)], rest])
        label = torch.full((len(seq),), -100, device=device)
        label[len(seq) - len(reply) - 1:len(seq) - 1] = torch.tensor(reply, device=device)
        pieces.append(seq)
        labels.append(label)
    longest = max(len(s) for s in pieces)
    embeds = torch.stack([F.pad(s, (0, 0, 0, longest - len(s))) for s in pieces])
    return embeds, torch.stack([F.pad(x, (0, longest - len(x)), value=-100) for x in labels])


def answer_loss(logits, labels, first):
    """Cross entropy over answer tokens, pointers counted twice and first tokens (bool, as labels) four times."""
    p0 = token_id('<p0>')
    weight = torch.where((labels >= p0) & (labels < p0 + CONFIG['pointers']), POINTER_WEIGHT, 1.0)
    weight = torch.where(first, FIRST_WEIGHT, weight)
    return (F.cross_entropy(logits.float(), labels, reduction='none') * weight).sum() / weight.sum()


POOL = 8  # batches drawn together, so that examples of similar length share one and little is padding


def pool_of(items, seed, number, batch):
    """Batches of examples: pool `number` of a run depends on (seed, number) only, so that a resumed run sees the same."""
    rng = np.random.default_rng((seed, number))
    many = [make_example(rng, items[rng.integers(len(items))]) for _ in range(POOL * batch)]
    many.sort(key=lambda e: len(e[0]['geometry']) + len(tokenizer().encode(e[1] + e[2]).ids))
    pool = [many[i:i + batch] for i in range(0, len(many), batch)]
    rng.shuffle(pool)
    return pool


def batch_loss(model, examples):
    """(loss, token accuracy) of one batch, mixed precision."""
    with autocast(model.llm.embed.weight.device.type):
        embeds, labels = assemble(model, examples)
        hidden, _ = model.llm.hidden_states(embeds)
        asked = labels >= 0
        logits = model.llm.head(hidden[asked])
    first = asked & ~F.pad(asked[:, :-1], (1, 0))
    return answer_loss(logits, labels[asked], first[asked]), (logits.argmax(-1) == labels[asked]).float().mean().item()
