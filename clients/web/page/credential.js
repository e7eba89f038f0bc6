// The token of this tab, in sessionStorage: a reload keeps it, closing the tab does not. It is never in an address.

const KEY = "equity-token";

export const load = () => sessionStorage.getItem(KEY);
export const keep = (token) => sessionStorage.setItem(KEY, token);
export const forget = () => sessionStorage.removeItem(KEY);

const PUBLIC = { roles: [], organisation: "" };

// Who the token says its bearer is, to choose what to show. The server alone decides what it gives.
export function viewerOf(token) {
  if (!token) return PUBLIC;
  try {
    const text = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (byte) => byte.charCodeAt(0))));
    return { roles: claims.roles ?? [], organisation: claims.organisation ?? "" };
  } catch {
    return null;
  }
}

export const may = (viewer, ...roles) => viewer.roles.some((role) => roles.includes(role));
