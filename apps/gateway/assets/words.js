/** The pages' words, in the reader's language. */
const WORDS = {
  en: {
    title: 'How can we help?',
    introduction: 'Write to us here. The answer comes on a page of your own.',
    anyRegion: 'Choose…',
    addFiles: 'Add files',
    name: 'Your name',
    email: 'E-mail',
    type: 'What is it about?',
    region: 'Region',
    subject: 'Subject',
    text: 'Message',
    files: 'Files (up to 20 MB in all)',
    send: 'Send',
    sending: 'Sending…',
    sent: 'We have your message',
    sentText: 'Keep this private link: the answer appears there, and you can write back.',
    open: 'Open your page',
    failed: 'It could not be sent. Nothing is lost: please try again.',
    offline: 'Connection lost; trying again…',
    answer: 'Write back',
    you: 'You',
    received: 'Received',
    in_progress: 'In progress',
    waiting_for_you: 'Waiting for your answer',
    solved: 'Solved',
    types: { question: 'Question', problem: 'Problem', refund: 'Refund', repair: 'Repair' },
    faults: {
      NO_SENDER: 'Please check the e-mail address.',
      EMPTY_MESSAGE: 'Please write a message or add a file.',
      FILE_TOO_LARGE: 'A file is larger than 20 MB.',
    },
  },
  zh: {
    title: '需要什么帮助？',
    introduction: '请在这里留言，回复会显示在您的专属页面上。',
    anyRegion: '请选择…',
    addFiles: '添加附件',
    name: '您的姓名',
    email: '电子邮箱',
    type: '问题类型',
    region: '地区',
    subject: '主题',
    text: '详细描述',
    files: '附件（合计不超过 20 MB）',
    send: '提交',
    sending: '正在提交…',
    sent: '我们已收到您的消息',
    sentText: '请保存这个专属链接：回复会显示在那里，您也可以在那里继续留言。',
    open: '打开我的页面',
    failed: '提交未成功，内容没有丢失，请再试一次。',
    offline: '连接中断，正在重试…',
    answer: '继续留言',
    you: '您',
    received: '已收到',
    in_progress: '处理中',
    waiting_for_you: '等待您的回复',
    solved: '已解决',
    types: { question: '咨询', problem: '故障', refund: '退款', repair: '维修' },
    faults: {
      NO_SENDER: '请检查电子邮箱地址。',
      EMPTY_MESSAGE: '请填写内容或添加附件。',
      FILE_TOO_LARGE: '单个附件不能超过 20 MB。',
    },
  },
};

export const language = navigator.languages.some((l) => l.toLowerCase().startsWith('zh')) ? 'zh' : 'en';
export const words = WORDS[language];
document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';

/** A region's name in the reader's language; a word that is no code stays as it is. */
export function regionName(region) {
  if (region.toLowerCase() === 'eu') return language === 'zh' ? '欧洲' : 'Europe';
  if (!/^[a-z]{2}$/i.test(region)) return region;
  return new Intl.DisplayNames(language === 'zh' ? 'zh-CN' : 'en', { type: 'region' }).of(
    region.toUpperCase(),
  );
}

/** Our own words on the button: the browser's would be in its language, not in the page's. */
export function filesField() {
  const names = element('span', { class: 'quiet' });
  const input = element('input', { name: 'files', type: 'file', multiple: true, class: 'hidden-input' });
  const show = () => {
    names.textContent = [...input.files].map((file) => file.name).join(', ') || words.files;
  };
  input.addEventListener('change', show);
  show();
  const label = element(
    'label',
    { class: 'files' },
    input,
    element('span', { class: 'choose' }, words.addFiles),
    names,
  );
  return { label, show };
}

/** An element with attributes and children; text is always text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, '');
    else if (value !== undefined && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

export const settings = JSON.parse(document.body.dataset.settings);
export const page = document.getElementById('page');

/**
 * Sends a form; the key stays the same until it was accepted, so that pressing twice or trying again after a broken
 * line gives one message.
 */
export function submitter(form, path, accepted) {
  const button = form.querySelector('button');
  const fault = form.querySelector('.fault');
  let key = newKey();
  form.addEventListener('input', () => {
    key = newKey();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    button.textContent = words.sending;
    fault.textContent = '';
    try {
      const response = await fetch(path, {
        method: 'POST',
        headers: { 'idempotency-key': key },
        body: new FormData(form),
      });
      const answer = await response.json().catch(() => ({}));
      if (response.ok) {
        key = newKey();
        accepted(answer);
      } else {
        fault.textContent = words.faults[answer.code] ?? answer.detail ?? words.failed;
      }
    } catch {
      fault.textContent = words.failed;
    } finally {
      button.disabled = false;
      button.textContent = words.send;
    }
  });
}

/** A page on plain HTTP has no randomUUID. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
