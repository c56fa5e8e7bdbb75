/** Family names, the frequent ones more than once. */
export const familyNames = [
  ...Array.from(
    '王王王王王李李李李李张张张张刘刘刘刘陈陈陈杨杨杨黄黄赵赵吴吴周周徐徐孙孙马马朱朱胡胡林林郭郭何何高高罗罗',
  ),
  ...Array.from(
    '郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦',
  ),
  ...Array.from('白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戴莫孔向汤'),
  '欧阳',
  '上官',
];

/** Characters of men's given names. */
export const menCharacters = Array.from(
  '伟强磊军勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林阳建国志文海峰云松青川江毅博思远泽天翔晨亮成东',
);

/** Characters of women's given names. */
export const womenCharacters = Array.from(
  '芳娜敏静秀丽艳娟霞秀兰燕玲桂英梅莉红玉萍雪琳慧颖倩婷洁雨欣怡佳琪蓉梦瑶思晓春月清岚诗语若彤薇莹璐蕾丹凤菊',
);

/** Topics of papers, lessons and projects; they fit every subject. */
export const topics = [
  '核心素养导向的课堂教学设计',
  '大单元整体教学',
  '学习任务单的编写与使用',
  '小组合作学习的有效组织',
  '分层作业设计',
  '情境教学',
  '“教、学、评”一致性',
  '课堂提问的优化',
  '学困生的转化',
  '信息技术与课堂的融合',
  '项目式学习',
  '农村小班化教学',
  '课堂观察与诊断',
  '学生表达能力的培养',
  '探究式学习',
  '跨学科主题学习',
];

/** Honours, by what they honour. */
export const honours = ['优秀教师', '优秀班主任', '师德标兵', '先进教育工作者', '教育科研先进个人'];
