// The server's clock, as far as this page knows it: the device's own may be wrong. Milliseconds since 1970.
let offset = 0;

export const setClock = (moment) => { if (moment) offset = moment - Date.now(); };
export const now = () => Math.round(Date.now() + offset);
export const clockTime = (moment) => new Date(moment).toLocaleTimeString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", hour12: false });
