// Runs before the app, as a plain script, also where modules don't: it sets the theme and says why the app doesn't start.
(() => {
  try {
    // Before the first paint, so that a light page never flashes in a dark room.
    const theme = localStorage.getItem('nadir.theme');
    if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
  } catch {}

  /** Null once the app has taken the place of the text. */
  const place = () => document.querySelector('.not-started');
  const HOST = 'See docs/hosting.md for what a web server must send.';

  function say(title, why) {
    if (document.readyState === 'loading') {
      document.addEventListener('DOMContentLoaded', () => say(title, why));
      return;
    }
    const text = place();
    if (!text) return;
    delete text.dataset.wait;
    text.setAttribute('role', 'alert');
    text.querySelector('h1').textContent = title;
    text.querySelector('p').textContent = why;
  }

  /** Why a file that the page names could not be used; `kind` is how the sentence calls it. */
  async function explain(url, kind, extension, wanted) {
    const name = `${kind} (${new URL(url).pathname.split('/').pop()})`;
    const response = await fetch(url, { mode: 'same-origin', cache: 'no-store' }).catch(() => null);
    if (!response) {
      return `The ${name} could not be loaded: the server at ${location.host} doesn’t answer. Start it again, then load the page again.`;
    }
    if (!response.ok) {
      return `The ${name} could not be loaded: the server answered ${response.status}. Copy the whole build to the server. ${HOST}`;
    }
    const type = (response.headers.get('content-type') || 'no type').split(';')[0];
    if (type === 'text/html') {
      return `The server sends a web page in place of the ${name}: the file is missing there. Copy the whole build to the server. ${HOST}`;
    }
    if (!wanted.test(type)) {
      return `The server sends the ${name} as ${type}, which a browser doesn’t take. It must send ${extension} as ${extension === '.js' ? 'text/javascript' : 'text/css'}. ${HOST}`;
    }
    return `The ${name} could not be used: it is damaged, or a Content-Security-Policy forbids it. ${HOST}`;
  }

  /** Above an app that runs without its styles. */
  function warn(why) {
    const line = document.createElement('p');
    line.setAttribute('role', 'alert');
    line.textContent = why;
    document.body.prepend(line);
  }

  if (location.protocol === 'file:') {
    say(
      'Nadir can’t run from a file',
      'A browser runs no program of this kind that was opened from disk. Run “npm start” in the project’s folder and open the address that it prints, or put this folder on a web server (docs/hosting.md).',
    );
    return;
  }
  addEventListener(
    'error',
    async ({ target, message }) => {
      const title = 'Nadir can’t start';
      if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') {
        warn(await explain(target.href, 'style sheet', '.css', /^text\/css$/));
      } else if (target instanceof HTMLScriptElement) {
        say(title, await explain(target.src, 'program', '.js', /^(text|application)\/(x-)?(java|ecma)script$/));
      } else if (message) {
        say(title, `Its program stopped: ${message}. Nadir needs a current Chrome, Edge or other Chromium browser, Firefox or Safari.`);
      }
    },
    true,
  );
})();
