"""Chinese: the same names as phrases_en.py, for the template tasks. {n} is a noun, {m} its measure word, {o} options."""
from ..core.names import CLASSES_ZH, DEFECTS, PRESENCE_ZH, SCENES_ZH

MEASURE = ['架', '个', '个', '个', '栋', '辆']
SYNONYMS = {0: ['飞机', '客机'], 1: ['储油罐', '油罐', '储罐'], 2: ['网球场'], 3: ['棒球场'], 4: ['建筑物', '建筑', '房屋', '房子'], 5: ['汽车', '车辆', '小汽车'],
            6: ['卡车', '货车', '公交车'], 7: ['船', '轮船', '船只'], 8: ['码头', '栈桥'], 9: ['树冠'], 10: ['游泳池', '泳池'], 11: ['太阳能板', '光伏板']}
UNKNOWN = ['游泳池', '桥梁', '体育场', '风力发电机', '直升机', '火车', '太阳能板', '起重机', '轮船', '船', '码头', '人', '动物', '道路', '卡车', '公交车', '喷泉', '集装箱', '教堂', '学校', '温室',
           '河流', '湖泊', '牛', '帐篷', '烟囱', '足球场', '篮球场', '铁塔', '火山', '狗', '跑道']
UNKNOWN_ANSWER = '我无法框出它。我能找飞机、储油罐、网球场、棒球场、建筑物和汽车。'
FIND = ['找出所有{n}。', '找出{n}。', '找出所有的{n}', '{n}在哪里？', '定位所有{n}。', '标出所有{n}。', '检测{n}', '图中的{n}在哪？', '请框出{n}。', '{n}', '请找到{n}', '显示所有{n}的位置。', '查找{n}']
SEGMENT = ['分割所有{n}。', '分割{n}。', '勾画{n}的轮廓。', '提取{n}', '给出所有{n}的掩膜。', '请分割{n}', '描出{n}的边界。']
COUNT = ['有多少{m}{n}？', '图中有几{m}{n}？', '数一数{n}。', '{n}的数量是多少？', '统计{n}的数量。', '一共有多少{n}？', '有几{m}{n}？', '图像中有多少{m}{n}？', '计算{n}的数量']
PRESENT = ['图中有{n}吗？', '有没有{n}？', '这里有{n}吗？', '能看到{n}吗？', '图像中是否有{n}？', '是否存在{n}？', '有{n}吗', '这张图里有{n}吗？']
MASS = PRESENT
DESCRIBE = ['描述这张图像。', '请描述图像。', '图中有什么？', '这张图里有什么？', '你看到了什么？', '简单描述一下。', '描述', '这张图像显示了什么？']
CLASSIFY = ['这是什么场景？', '场景类型是什么？', '对图像分类。', '这是什么地方？', '这是哪类场景？', '场景分类', '这里的土地利用类型是什么？']
OPTIONS = ['这是{o}？', '从以下选项中选择：{o}。', '哪一个最合适：{o}？', '图像属于{o}？']
WHICH = ['图中有哪些类别？', '有哪些地物？', '列出图中的类别。', '图像中有哪些目标？', '都有什么？']
IDENTIFY = ['<region>是什么？', '<region>里是什么？', '识别<region>。', '这是什么：<region>？', '<region>处是什么目标？']
QUALITY = ['这张图像有什么质量问题？', '图像质量如何？', '这张图有什么问题？', '检查图像质量。', '图像有缺陷吗？', '图像质量好吗？']
CHANGE = ['两张图像之间有什么变化？', '发生了什么变化？', '有变化吗？', '找出所有变化。', '比较两张图像。', '哪里变了？', '变化在哪里？']
TALK = [
    (['你能做什么？', '帮助', '我可以问什么？', '你会什么？'],
     '我可以描述航空图像、说出场景、判断某物是否存在，数出、找出并分割飞机、储油罐、网球场、棒球场、建筑物和汽车，并识别你画出的区域。'),
    (['你是谁？', '你是什么模型？', '你叫什么名字？'], '我是Nadir S，一个在你自己的电脑上运行的小型遥感视觉语言模型。'),
    (['你好', '您好', '早上好'], '你好。请就图像提问，例如：有多少架飞机？'),
    (['谢谢', '谢谢你', '非常感谢'], '不客气。'),
    (['你会上传我的图像吗？', '我的数据安全吗？'], '不会。一切都在你自己的电脑上计算。'),
    (['明天天气怎么样？', '讲个笑话。', '写一首诗。', '现在几点？'], '我只能回答关于航空图像的问题。'),
]


def join(words):
    words = list(words)
    return words[0] if len(words) == 1 else '、'.join(words[:-1]) + '和' + words[-1]


def options(names):
    return '、'.join(names[:-1]) + '还是' + names[-1]


def scene(index):
    return SCENES_ZH[index]


def class_words(rng, cls):
    noun = SYNONYMS[cls][0 if rng.random() < 0.65 else rng.integers(len(SYNONYMS[cls]))]
    return MEASURE[cls], noun


def fill(template, measure, noun, label=None):
    return template.format(n=noun, m=measure)


def class_name(cls):
    return MEASURE[cls], CLASSES_ZH[cls]


def presence_words(index):
    return '', PRESENCE_ZH[index], False


def presence_name(index):
    return PRESENCE_ZH[index]


def defect_name(index):
    return DEFECTS[index][1]


def is_scene(phrase):
    return f'这是{phrase}。'


def shows(names_or_scene):
    return f'图像显示的是{names_or_scene}。'


NOTHING_ELSE = '图像显示的是其他内容。'
NO_SCENE = '这是一张航空图像。'
NONE_KNOWN = '没有我认识的类别。'
NO_OBJECT = '这里没有我认识的目标。'
FLAWLESS = '图像没有问题。'
UNCHANGED = '没有变化。'


def none(noun, mass=False):
    return f'没有{noun}。'


def found(noun, pointers):
    return f'{noun}：{pointers}。'


def counted(ids, measure, noun, cls=None):
    listed = ' '.join(f'{n} <p{i}>' for n, i in enumerate(ids, 1))
    return f'{listed} - {len(ids)}{measure}{noun}。'


def about(number, measure, noun):
    return f'没有{noun}。' if number == 0 else f'大约{number}{measure}{noun}。'


def listing(parts):
    return '图中有' + '，'.join(parts) + '。'


def listed(noun, pointers):
    return f'{noun}：{pointers}'


def many(noun):
    return f'许多{noun}'


def rest(names):
    return '还有' + join(names) + '。'


def yes(noun, mass, pointers=''):
    return f'是的，有{noun}' + (f'：{pointers}。' if pointers else '。')


def no(noun, mass):
    return f'不，没有{noun}。'


def i_see(names):
    return f'有{join(names)}。'


def identified(cls):
    return f'这是{CLASSES_ZH[cls]}。'


def flawed(names):
    return f'图像存在{join(names)}。'


def changed(pointers):
    return f'有变化：{pointers}。' if pointers else '有变化。'


def sentences(parts):
    return ''.join(parts)
