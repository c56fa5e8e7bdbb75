import type { RefusalText } from './catalogue.js';

/** Refusals and faults of the HTTP edge: sign-in, form of a request, accounts, calendar. */
export const httpRefusals = {
  INTERNAL: {
    status: 500,
    zh: '系统出错，无法确定请求是否已生效；请稍后查询结果，或将请求编号 {{requestId}} 告知管理员',
    en: 'The service failed; check later what became of the request, or tell an administrator its id {{requestId}}',
  },
  UNAVAILABLE: {
    status: 503,
    zh: '系统暂时无法答复，尚不能确定请求是否已生效；请稍后重试',
    en: 'The service cannot answer for now, and whether the request took effect is not known; try again later',
  },
  INVALID_INPUT: {
    status: 422,
    zh: '请求中有 {{count}} 处错误，未作任何处理',
    en: 'The request has {{count}} faults; nothing was done',
  },
  MALFORMED_JSON: {
    status: 400,
    zh: '请求内容不是有效的 JSON',
    en: 'The body of the request is no valid JSON',
  },
  MALFORMED_REQUEST: { status: 400, zh: '请求格式不正确', en: 'The request is malformed' },
  MALFORMED_UPLOAD: {
    status: 400,
    zh: '上传格式不正确：请以 multipart/form-data 的“{{field}}”字段上传一个文件',
    en: 'The upload is malformed: send one file as the field “{{field}}” of multipart/form-data',
  },
  IDEMPOTENCY_KEY_MISSING: {
    status: 400,
    zh: '缺少 Idempotency-Key 请求头（1 至 200 个可见字符），重复发送时请使用同一个值',
    en: 'The header Idempotency-Key (1 to 200 visible characters) is missing; send the same one again when you repeat',
  },
  BODY_TOO_LARGE: {
    status: 413,
    zh: '请求内容过大，上限为 {{kilobytes}} KB',
    en: 'The body of the request is too large; the limit is {{kilobytes}} KB',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    zh: '请求内容的类型或编码不受支持，应为 {{expected}}',
    en: 'The type or encoding of the body is not supported; it must be {{expected}}',
  },
  NOT_SIGNED_IN: { status: 401, zh: '请先登录', en: 'Sign in first' },
  SIGN_IN_REFUSED: {
    status: 401,
    zh: '工号或密码不正确；15 分钟内连续 5 次失败的账号将被锁定 15 分钟',
    en: 'Wrong user name or password; after 5 failures within 15 minutes an account is locked for 15 minutes',
  },
  PASSWORD_WRONG: {
    status: 422,
    zh: '当前密码不正确；15 分钟内连续 5 次失败的账号将被锁定 15 分钟',
    en: 'The current password is wrong; after 5 failures within 15 minutes an account is locked for 15 minutes',
  },
  PASSWORD_SAME: {
    status: 422,
    zh: '新密码不能与当前密码相同',
    en: 'The new password must differ from the current one',
  },
  ORIGIN_REFUSED: {
    status: 403,
    zh: '请求来自其他网站，已拒绝',
    en: 'The request comes from another site and was refused',
  },
  ROLE_REQUIRED: {
    status: 403,
    zh: '您没有执行此操作的角色，需要：{{roles}}',
    en: 'You do not have a role that may do this; it takes: {{roles}}',
  },
  NOT_FOUND: { status: 404, zh: '没有找到所请求的内容', en: 'There is no such thing' },
  TOO_MANY_REQUESTS: {
    status: 429,
    zh: '请求过于频繁，请稍后再试',
    en: 'Too many requests; try again later',
  },

  EXPORT_TOO_LONG: {
    status: 413,
    zh: '清单超过 {{limit}} 条，不能一次导出，也不会截断；请用查询条件分批导出',
    en: 'The list has more than {{limit}} entries; it cannot be exported at once and is not cut off: narrow it by the query',
  },
  NOT_IN_EXPORT: {
    status: 422,
    zh: '导出的总是完整清单，不能同时指定分页',
    en: 'A file always holds the whole list; leave out the page',
  },

  MISSING: { status: 422, zh: '缺少必填项（{{expected}}）', en: 'is missing (expected: {{expected}})' },
  UNKNOWN_KEY: { status: 422, zh: '不认识的字段', en: 'is no known field' },
  WRONG_TYPE: { status: 422, zh: '类型应为 {{expected}}', en: 'must be of the type {{expected}}' },
  WRONG_FORMAT: { status: 422, zh: '格式应为 {{expected}}', en: 'must have the form {{expected}}' },
  NOT_ONE_OF: { status: 422, zh: '应为下列之一：{{allowed}}', en: 'must be one of: {{allowed}}' },
  TOO_SHORT: { status: 422, zh: '至少 {{minimum}} 个字符', en: 'must have at least {{minimum}} characters' },
  TOO_LONG: { status: 422, zh: '至多 {{maximum}} 个字符', en: 'must have at most {{maximum}} characters' },
  TOO_FEW: { status: 422, zh: '至少 {{minimum}} 项', en: 'must have at least {{minimum}} entries' },
  TOO_MANY: { status: 422, zh: '至多 {{maximum}} 项', en: 'must have at most {{maximum}} entries' },
  TOO_LOW: { status: 422, zh: '不得小于 {{minimum}}', en: 'must not be below {{minimum}}' },
  TOO_HIGH: { status: 422, zh: '不得大于 {{maximum}}', en: 'must not be above {{maximum}}' },
  WRONG_VALUE: { status: 422, zh: '取值不允许', en: 'is not allowed' },

  ID_NUMBER_OF_ANOTHER: {
    status: 422,
    zh: '该身份证号已登记在工号 {{staffNumber}} 名下',
    en: 'The ID number is already that of the staff number {{staffNumber}}',
  },
  CERTIFICATE_OF_ANOTHER: {
    status: 422,
    zh: '证书编号 {{certificateNumber}} 已登记在工号 {{staffNumber}} 的另一称号下',
    en: 'The certificate number {{certificateNumber}} already belongs to another title, of the staff number {{staffNumber}}',
  },
  CODE_OF_DISTRICT: {
    status: 422,
    zh: '代码 {{code}} 是本区自己的代码，不能用作学校代码',
    en: 'The code {{code}} is that of the district itself and cannot be a school’s',
  },
  ACCOUNT_FAULTS: {
    status: 422,
    zh: '账号名单有 {{count}} 处错误，一个账号都未建立',
    en: 'The list of accounts has {{count}} faults; no account was made',
  },
  PERSON_UNKNOWN: {
    status: 422,
    zh: '没有工号为 {{staffNumber}} 的人员',
    en: 'Nobody has the staff number {{staffNumber}}',
  },
  ACCOUNT_EXISTS: {
    status: 422,
    zh: '工号 {{staffNumber}} 已有账号，或登录名已被占用',
    en: 'The staff number {{staffNumber}} already has an account, or its user name is taken',
  },
  LISTED_TWICE: { status: 422, zh: '{{value}} 重复出现', en: '{{value}} is listed twice' },
  CALENDAR_FAULTS: {
    status: 422,
    zh: '{{year}} 年工作日安排有 {{count}} 处错误，未作更改',
    en: 'The working days of {{year}} have {{count}} faults; nothing was changed',
  },
  DATE_OF_ANOTHER_YEAR: {
    status: 422,
    zh: '{{date}} 不属于 {{year}} 年的安排',
    en: '{{date}} does not belong to the arrangement of {{year}}',
  },
  MAKE_UP_ON_WEEKDAY: {
    status: 422,
    zh: '{{date}} 不是周六或周日，不能列为调休上班日',
    en: '{{date}} is no Saturday or Sunday and cannot be a make-up day',
  },
  REST_AND_MAKE_UP: {
    status: 422,
    zh: '{{date}} 不能既是放假日又是上班日',
    en: '{{date}} cannot be both a day of rest and a make-up day',
  },
} satisfies Record<string, RefusalText>;

/** What a problem's title says, by HTTP status. */
export const problemTitles = {
  400: { zh: '请求格式不正确', en: 'Malformed request' },
  401: { zh: '未登录', en: 'Not signed in' },
  403: { zh: '无权操作', en: 'Not allowed' },
  404: { zh: '未找到', en: 'Not found' },
  409: { zh: '与当前状态冲突', en: 'In conflict with the present state' },
  413: { zh: '内容过大', en: 'Too large' },
  415: { zh: '内容类型不支持', en: 'Unsupported type of content' },
  422: { zh: '不符合规则', en: 'Refused by a rule' },
  429: { zh: '请求过于频繁', en: 'Too many requests' },
  500: { zh: '系统错误', en: 'Internal error' },
  503: { zh: '暂时无法答复', en: 'No answer for now' },
} as const;
