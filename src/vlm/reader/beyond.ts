/**
 * Topics that no picture from above tells anything of, by their words. The network takes a question of such a topic for one
 * about the picture where it has the form of one: "where were these planes yesterday?", 这里的空气质量怎么样. The words alone
 * don't decide, since they may stand beside the question ("we flew yesterday; count the cars"): the network must at least
 * hold it possible.
 */

/** Another time than the picture's. */
const OTHER_TIME = {
  en: 'yesterday|tomorrow|tonight|last (?:night|week|weekend)|next (?:week|month|year|summer|winter|decade)|in (?:\\w+ )?(?:\\d+|two|five|ten|twenty|fifty) years|in the future|predict|forecasts?',
  zh: '昨[天晚日]|明[天早晚年]|后[天年]|今晚|上周|下周|下个?月|将来|未来|预测',
};
const ENGLISH = [
  // Money.
  'prices?|priced|pricey|costs?|cheap(?:er|est)?|expensive|how much (?:is|are|does) .* worth|rent(?:s|ed|al)?|salar(?:y|ies)|tax rates?|mortgage|dollars?|euros?|invest(?:ing|ments?)?|buy|for sale|revenue|profits?',
  // What is heard, smelled or felt.
  'smells?|stinks?|loud|how (?:quiet|warm|hot|cold|windy) (?:is|are|does|was)|hear|air quality|temperature|humidity|weather|rain(?:s|ing|y)?',
  // Names, numbers and persons behind things.
  'phone|telephone|address|post ?code|zip code|websites?|e ?mails?|passwords?|wi ?fi|opening hours|owns|owners?|owned by|landlord|mayor|tenants?',
  // What roofs and walls hide.
  '(?:what|how much|anything|stored|kept|hidden).* (?:inside|in|under) (?:the|these|those|this|that) (?:\\w+ )?(?:tanks?|containers?|warehouses?|trucks?|ships?|trains?|silos?|hangars?|ground|surface|roofs?)',
  // Opinions and errands.
  'do you (?:like|love|hate|enjoy)|your (?:favou?rite|opinion)|should (?:i|we) (?:buy|invest|move|live|stay|visit)|(?:\\d+) (?:times|plus|minus|divided by) (?:\\d+)',
];
const CHINESE = [
  '价格|价钱|房价|地价|多少钱|租金|值钱|值多少|售价|工资|税率|贵不贵|便宜|投资|出售',
  '空气|气温|温度|天气|下雨|下雪|刮风|风力|湿度|噪[音声]|吵不吵|安静|气味|味道|好闻|难闻',
  '电话|地址|邮编|网址|密码|营业|车牌|主人|业主|房东|谁的',
  '(?:油罐|储罐|罐子?|仓库|集装箱|筒仓|车厢|船舱|厂房|屋子|房子|机库)里面?(?:还|都)?(?:有多少|有什么|有没有|存|装|放|是什么|藏)|地下有|地底',
  '喜欢|加油(?!站)|怎么走|订票|打车|推荐|好吃|[加减乘除]\\S{1,3}等于',
];
const BEYOND = {
  en: new RegExp(`\\b(?:${[OTHER_TIME.en, ...ENGLISH].join('|')})\\b`),
  zh: new RegExp([OTHER_TIME.zh, ...CHINESE].join('|')),
};
/** Words about the picture itself, which is noisy or warm in its own way. */
const OF_PICTURE =
  /\b(?:image|picture|photo|tile|pixels?|bands?|gas station|petrol station|rain ?water)\b|图像|照片|影像|画面|像素|加油站|雨水/;

const bare = (plain: string, language: 'en' | 'zh') =>
  language === 'zh' ? plain.replaceAll(' ', '') : plain.replaceAll('-', ' ');

/** Whether a question has words of a topic that no picture from above shows. `plain`: the question in normal form. */
export const isBeyond = (plain: string, language: 'en' | 'zh'): boolean =>
  BEYOND[language].test(bare(plain, language)) && !OF_PICTURE.test(plain);

/** Whether a question of one clause asks how it was or will be at another time; in several, one may only tell of it. */
export const asksOtherTime = (plain: string, language: 'en' | 'zh'): boolean =>
  new RegExp(language === 'en' ? `\\b(?:${OTHER_TIME.en})\\b` : OTHER_TIME.zh).test(bare(plain, language)) &&
  !/[,，;；:：。.!！?？、].*[\p{L}\p{N}]/u.test(plain.trim()) &&
  !/\b(?:since|compared|flew|taken|from)\b|拍|飞[过了的]|刚飞|今天/.test(plain) &&
  !OF_PICTURE.test(plain);
