export { en, type Messages } from './en';
export { Localized, langOf } from './localized';
export { loadMessages, messagesFor, setMessages, type MessageOverrides } from './table';
export { errorDetail, errorText, isForDeveloper, statusText } from './texts';
