"""The label sets of the embedded model, named once. Order is the order of every head's outputs."""

# Detector classes: (name shown and spoken, plural, label in the data sets).
CLASSES = [
    ("airplane", "airplanes", "airplane"),
    ("storage tank", "storage tanks", "storage_tank"),
    ("tennis court", "tennis courts", "tennis_court"),
    ("baseball diamond", "baseball diamonds", "baseball_diamond"),
    ("building", "buildings", "building"),
    ("car", "cars", "car"),
]
CLASS_INDEX = {data: i for i, (_, _, data) in enumerate(CLASSES)}

# Scenes: (UC Merced folder name, readable name).
SCENES = [
    ("agricultural", "agricultural land"),
    ("airplane", "airport apron with airplanes"),
    ("baseballdiamond", "baseball diamond"),
    ("beach", "beach"),
    ("buildings", "commercial buildings"),
    ("chaparral", "chaparral"),
    ("denseresidential", "dense residential area"),
    ("forest", "forest"),
    ("freeway", "freeway"),
    ("golfcourse", "golf course"),
    ("harbor", "harbor"),
    ("intersection", "road intersection"),
    ("mediumresidential", "medium residential area"),
    ("mobilehomepark", "mobile home park"),
    ("overpass", "overpass"),
    ("parkinglot", "parking lot"),
    ("river", "river"),
    ("runway", "runway"),
    ("sparseresidential", "sparse residential area"),
    ("storagetanks", "tank farm with storage tanks"),
    ("tenniscourt", "tennis court"),
]
SCENE_INDEX = {data: i for i, (data, _) in enumerate(SCENES)}

# Presence labels: (label in the data, singular phrase with article, plural or mass phrase).
PRESENCE = [
    ("airplane", "an airplane", "airplanes"),
    ("bare-soil", "bare soil", "bare soil"),
    ("buildings", "a building", "buildings"),
    ("cars", "a car", "cars"),
    ("chaparral", "chaparral", "chaparral"),
    ("court", "a court", "courts"),
    ("dock", "a dock", "docks"),
    ("field", "a field", "fields"),
    ("grass", "grass", "grass"),
    ("mobile-home", "a mobile home", "mobile homes"),
    ("pavement", "pavement", "pavement"),
    ("sand", "sand", "sand"),
    ("sea", "sea", "sea"),
    ("ship", "a ship", "ships"),
    ("tanks", "a storage tank", "storage tanks"),
    ("trees", "a tree", "trees"),
    ("water", "water", "water"),
]
PRESENCE_INDEX = {data: i for i, (data, _, _) in enumerate(PRESENCE)}

# Chinese names, in the order of CLASSES, SCENES and PRESENCE.
CLASSES_ZH = ['飞机', '储油罐', '网球场', '棒球场', '建筑物', '汽车']
SCENES_ZH = ['农田', '停有飞机的机坪', '棒球场', '海滩', '商业建筑区', '灌木丛', '密集住宅区', '森林', '高速公路', '高尔夫球场', '港口', '道路交叉口', '中等密度住宅区', '活动房屋区', '立交桥', '停车场', '河流', '跑道', '稀疏住宅区', '储油罐区', '网球场']
PRESENCE_ZH = ['飞机', '裸土', '建筑物', '汽车', '灌木丛', '球场', '码头', '田地', '草地', '活动房屋', '铺装路面', '沙地', '大海', '船', '储油罐', '树木', '水体']

# What the density head counts without boxing it: (singular, plural, Chinese, measure word).
DENSITY = [("tree", "trees", "树", "棵")]
# Counts that an answer about density can name; the density token says which of them is nearest.
DENSITY_STEPS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 23, 26, 30, 34, 38, 43, 48, 54, 60, 67, 75, 84, 94, 105, 118, 132, 148, 165, 185, 210, 240, 280]

# Quality defects: (name, Chinese). data/defects.py draws them.
DEFECTS = [('blur', '模糊'), ('noise', '噪声'), ('haze', '雾霾'), ('stripes', '条纹'), ('missing data', '数据缺失'),
           ('overexposure', '过曝'), ('underexposure', '欠曝')]

# Edition 1.0 sees more. Its detector has CLASSES first, in their order, and then these: (name, plural, label in the data sets).
BOXES = CLASSES + [
    ("truck", "trucks", "truck"),
    ("ship", "ships", "ship"),
    ("dock", "docks", "dock"),
    ("tree crown", "tree crowns", "tree"),
    ("swimming pool", "swimming pools", "pool"),
    ("solar panel", "solar panels", "solar"),
]
BOX_INDEX = {data: i for i, (_, _, data) in enumerate(BOXES)}
BOX_NAMES = [name for name, _, _ in BOXES]

# Scenes of 10 m imagery, after SCENES in one label space: (label in the data, readable name).
SCENES_10M = [
    ("annual_crop", "annual crops"),
    ("forest", "forest"),
    ("herbaceous_vegetation", "herbaceous vegetation"),
    ("highway", "highway"),
    ("industrial", "industrial area"),
    ("pasture", "pasture"),
    ("permanent_crop", "permanent crops"),
    ("residential", "residential area"),
    ("river", "river"),
    ("sea_lake", "sea or lake"),
]
# (first label, label after the last, ground sample distances in m): probabilities of a group sum to 1, and only one is meant at a scale.
SCENE_SCALES = [(0, len(SCENES), (0.05, 3.0)), (len(SCENES), len(SCENES) + len(SCENES_10M), (5.0, 30.0))]
SCENE_10M_INDEX = {data: len(SCENES) + i for i, (data, _) in enumerate(SCENES_10M)}

# Land cover, the order of its head: (label in the data, readable name).
COVER = [("water", "water"), ("trees", "trees"), ("low_vegetation", "grass and low vegetation"), ("bare_soil", "bare soil"),
         ("building", "buildings"), ("pavement", "roads and pavement")]
COVER_INDEX = {data: i for i, (data, _) in enumerate(COVER)}
COVER_UNKNOWN = 255  # in a mask of land cover

# Chinese names of edition 1.0, in the order of BOXES, SCENES_10M and COVER.
BOXES_ZH = CLASSES_ZH + ['卡车', '船', '码头', '树冠', '游泳池', '太阳能板']
SCENES_10M_ZH = ['一年生作物', '森林', '草本植被', '公路', '工业区', '牧场', '多年生作物', '居民区', '河流', '海洋或湖泊']
COVER_ZH = ['水体', '树木', '草地和低矮植被', '裸土', '建筑物', '道路和铺装路面']
